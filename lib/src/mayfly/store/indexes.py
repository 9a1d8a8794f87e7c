"""Every index of every collection in one table; created idempotently by each service at start."""

from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel

from mayfly.store.client import Database, store_failures
from mayfly.store.inboxes import HOLDS_ADDRESS


def _index(*keys: tuple[str, int], **options: Any) -> IndexModel:
    return IndexModel(list(keys), **options)


INDEXES: dict[str, list[IndexModel]] = {
    "accounts": [_index(("email", ASCENDING), unique=True), _index(("team_id", ASCENDING))],
    "api_keys": [_index(("prefix", ASCENDING), unique=True), _index(("account_id", ASCENDING))],
    "domains": [_index(("name", ASCENDING), unique=True), _index(("account_id", ASCENDING))],
    "domain_claims": [
        _index(("account_id", ASCENDING), ("name", ASCENDING), unique=True),
        _index(("check_at", ASCENDING)),
    ],
    "inboxes": [
        # Unique among inboxes that use their address: an ended inbox frees it before it is removed.
        _index(("address", ASCENDING), unique=True, partialFilterExpression={"status": {"$in": list(HOLDS_ADDRESS)}}),
        _index(("account_id", ASCENDING), ("_id", DESCENDING)),
        _index(("status", ASCENDING), ("expires_at", ASCENDING)),
        _index(("token_hash", ASCENDING)),
        _index(("to_empty", ASCENDING), partialFilterExpression={"to_empty": True}),
        _index(("domain", ASCENDING)),
        # A domain leads to one space. (An array without elements has the key null, which is not above "".)
        _index(
            ("domains", ASCENDING),
            unique=True,
            partialFilterExpression={"domains": {"$gt": ""}, "status": {"$in": list(HOLDS_ADDRESS)}},
        ),
        _index(("account_id", ASCENDING), ("created_at", DESCENDING), partialFilterExpression={"kind": "space"}),
        _index(("creator", ASCENDING), partialFilterExpression={"creator": {"$gt": ""}}),
    ],
    "usage": [
        _index(("day", ASCENDING), ("calls", DESCENDING)),
        _index(("forget_at", ASCENDING), expireAfterSeconds=0),
    ],
    "creations": [_index(("forget_at", ASCENDING), expireAfterSeconds=0)],
    "idempotency": [_index(("forget_at", ASCENDING), expireAfterSeconds=0)],
    "members": [_index(("team_id", ASCENDING), ("email", ASCENDING), unique=True)],
    "sessions": [
        _index(("expires_at", ASCENDING), expireAfterSeconds=0),
        # Those of an account, for its list: without it, every session of twelve hours would be read.
        _index(("account_id", ASCENDING), ("_id", DESCENDING)),
    ],
    "smtp_logins": [_index(("space_id", ASCENDING), ("_id", DESCENDING))],
    "stream_tickets": [_index(("expires_at", ASCENDING), expireAfterSeconds=0)],
    "page_tickets": [_index(("expires_at", ASCENDING), expireAfterSeconds=0)],
    "deletions": [_index(("forget_at", ASCENDING), expireAfterSeconds=0)],
    "oauth_clients": [_index(("account_id", ASCENDING), ("_id", DESCENDING))],
    "identities": [
        _index(("client_id", ASCENDING), ("inbox_id", ASCENDING), ("mailbox_address", ASCENDING), unique=True),
        _index(("account_id", ASCENDING), ("_id", DESCENDING)),
        _index(("inbox_id", ASCENDING)),
    ],
    "oauth_grants": [
        _index(("forget_at", ASCENDING), expireAfterSeconds=0),
        _index(("token_hash", ASCENDING)),
    ],
    "messages": [
        _index(("inbox_id", ASCENDING), ("_id", DESCENDING)),
        # Only messages whose announcement found no room.
        _index(("unannounced", ASCENDING), ("_id", ASCENDING), partialFilterExpression={"unannounced": True}),
        # Only messages with tags (mayfly.store.message_tags).
        _index(
            ("inbox_id", ASCENDING), ("_id", DESCENDING), name="tagged", partialFilterExpression={"tags": {"$gt": ""}}
        ),
        # What quotas of octets sum up (Messages.holdings_of_inboxes).
        _index(("inbox_id", ASCENDING), ("raw_size", ASCENDING), ("added_octets", ASCENDING)),
    ],
    "octets": [_index(("message_id", ASCENDING)), _index(("inbox_id", ASCENDING))],
    "webhook_endpoints": [
        _index(("inbox_id", ASCENDING), ("origin", ASCENDING)),
        _index(("account_id", ASCENDING), ("origin", ASCENDING)),
        _index(("ends_at", ASCENDING), sparse=True),
    ],
    "deliveries": [
        _index(("inbox_id", ASCENDING)),
        _index(("endpoint_id", ASCENDING), ("_id", DESCENDING)),
        _index(("created_at", ASCENDING)),
        # Only pending deliveries: recovery searches for those that are long overdue.
        _index(("next_attempt_at", ASCENDING), partialFilterExpression={"status": "pending"}),
    ],
    "receipts": [
        _index(("account_id", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)),
        _index(("emptied_at", ASCENDING)),
    ],
}


async def ensure(database: Database) -> None:
    """Create what is missing. Raises TransientFailure when the store is out of reach."""
    with store_failures():
        for collection, indexes in INDEXES.items():
            await database[collection].create_indexes(indexes)
