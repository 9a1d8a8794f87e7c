"""/api/v2/jim: failures by chance, which are steps of the space's fault plan, as Mailpit's chaos.

Of Jim's chances Mayfly has four: that sender, recipient or login are refused, and that the session ends at the mail.
The others, of connections and their speed, cannot belong to one space; they are accepted and shown as off.
"""

from typing import Any

import msgspec
from litestar import Response, delete, get, post, put
from msgspec import Struct

from api_gateway.dialects.mailpit import Chaos
from api_gateway.dialects.mailpit.call import Call, GivenCall
from api_gateway.dialects.mailpit.options import READ, WRITE
from api_gateway.edge.parameters import Given
from api_gateway.refusals import BadInput, Forbidden, NotFound
from mayfly.records.fault_plan import FaultPlan, FaultStep

_PATH = "/api/v2/jim"
_OFF = "failures by chance are not enabled (MAYFLY_MAILPIT_CHAOS)"
_CODES = {"mail": 550, "rcpt": 550, "auth": 535, "data": 421}
_TEXTS = {"mail": "Invalid sender", "rcpt": "Invalid recipient", "auth": "Invalid login", "data": "Closing"}
_PERCENT = 100


class Jim(Struct, frozen=True, kw_only=True, rename="pascal"):
    """Chances from 0 to 1, and speeds in octets a second. The defaults are those of MailHog's command line."""

    disconnect_chance: float = 0.005
    accept_chance: float = 1
    link_speed_affect: float = 0
    link_speed_min: float = 1024
    link_speed_max: float = 10240
    reject_sender_chance: float = 0.05
    reject_recipient_chance: float = 0.05
    reject_auth_chance: float = 0.05


class AskedJim(Struct, frozen=True, kw_only=True, rename="pascal"):
    """The body of a change; what is left out never happens."""

    disconnect_chance: float = 0
    reject_sender_chance: float = 0
    reject_recipient_chance: float = 0
    reject_auth_chance: float = 0


@get(_PATH, opt=READ)
async def get_jim(call: GivenCall, chaos: Given[Chaos]) -> Response[Any]:
    """Get what fails by chance; 404 without a body if nothing does."""
    plan = await _plan(call, chaos)
    return Response(b"", status_code=404) if plan is None else Response(_shown(plan))


@post(_PATH, opt=WRITE)
async def start_jim(call: GivenCall, chaos: Given[Chaos]) -> Response[bytes]:
    """Let commands fail by chance; without a body with the chances that MailHog has by default. 400 if they do."""
    if not chaos.is_enabled:
        raise Forbidden(_OFF)
    if await _plan(call, chaos) is not None:
        return Response(b"", status_code=400)
    asked = await _asked(call) if (await call.request.body()).strip() else Jim()
    await chaos.inboxes.fault_plans.put(call.caller, call.space.id, _plan_of(asked))
    return Response(b"", status_code=201)


@put(_PATH, opt=WRITE)
async def change_jim(call: GivenCall, chaos: Given[Chaos]) -> Response[bytes]:
    """Change the chances; 404 without a body if nothing fails."""
    if await _plan(call, chaos) is None:
        return Response(b"", status_code=404)
    await chaos.inboxes.fault_plans.put(call.caller, call.space.id, _plan_of(await _asked(call)))
    return Response(b"")


@delete(_PATH, status_code=200, opt=WRITE)
async def stop_jim(call: GivenCall, chaos: Given[Chaos]) -> Response[bytes]:
    """Let nothing fail; 404 without a body if nothing does."""
    if await _plan(call, chaos) is None:
        return Response(b"", status_code=404)
    await chaos.inboxes.fault_plans.clear(call.caller, call.space.id)
    return Response(b"")


@get("/api/v2/outgoing-smtp", opt=READ)
async def list_outgoing_servers() -> dict[str, str]:
    """List the servers that mail can be released to: none."""
    return {}


async def _plan(call: Call, chaos: Chaos) -> FaultPlan | None:
    if not chaos.is_enabled:
        return None
    try:
        return await chaos.inboxes.fault_plans.get(call.caller, call.space.id)
    except NotFound:
        return None


async def _asked(call: Call) -> AskedJim:
    try:
        return msgspec.json.decode(await call.request.body(), type=AskedJim)
    except (msgspec.DecodeError, RecursionError) as error:
        raise BadInput(str(error)) from error


def _plan_of(asked: Jim | AskedJim) -> FaultPlan:
    chances = {
        "mail": asked.reject_sender_chance,
        "rcpt": asked.reject_recipient_chance,
        "auth": asked.reject_auth_chance,
        "data": asked.disconnect_chance,
    }
    return FaultPlan(steps=tuple(_step(at, chance) for at, chance in chances.items()))


def _step(at: Any, chance: float) -> FaultStep:
    if not 0 <= chance <= 1:
        raise BadInput("chances are numbers from 0 to 1")
    # In whole percents, and never 0 for what may happen.
    percent = max(round(chance * _PERCENT), 1 if chance else 0)
    return FaultStep(at=at, code=_CODES[at], text=_TEXTS[at], is_enhanced=False, probability=percent)


def _shown(plan: FaultPlan) -> Jim:
    chances = {
        step.at: (_PERCENT if step.probability is None else step.probability) / _PERCENT
        for step in reversed(plan.steps)
        if step.times is None and step.code is not None
    }
    return Jim(
        disconnect_chance=chances.get("data", 0),
        reject_sender_chance=chances.get("mail", 0),
        reject_recipient_chance=chances.get("rcpt", 0),
        reject_auth_chance=chances.get("auth", 0),
    )
