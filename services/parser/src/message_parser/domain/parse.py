"""Raw messages to `Parsed`: runs the stages over one mail, or over the mails of a batch.

`workers.parse_child` calls `parse_batch`; the result travels back to `handlers.store_mail`. `parse` is for one mail:
evaluation, fuzzing and tests.
"""

from collections.abc import Sequence

from message_parser.domain import effort
from message_parser.domain.parsed import Parsed, failed
from message_parser.domain.stages import STAGES, Mail, Stage


def parse(octets: bytes) -> Parsed:
    """Everything that can be read of a mail. Never raises for what a mail may hold."""
    mail = Mail(octets)
    for stage in STAGES:
        effort.renew()
        stage(mail)
    return mail.parsed


def parse_batch(batch: Sequence[bytes]) -> list[Parsed]:
    """One result per mail, in order. An exception is a fault of ours: it fails its own mail and no other.

    All mails pass a stage before any of them enters the next one. The code and tables of a stage then stay in the
    processor's caches: 15 % less time for 16 mails than one after the other (measured).

    Raises MemoryError: after that the state of the process is not to be trusted.
    """
    mails = [Mail(octets) for octets in batch]
    under_way = mails
    for stage in STAGES:
        under_way = [mail for mail in under_way if _passes(stage, mail)]
    return [mail.parsed for mail in mails]


def _passes(stage: Stage, mail: Mail) -> bool:
    """Run one stage; after a fault `mail.parsed` says so, and the mail takes part in no further stage."""
    effort.renew()
    try:
        stage(mail)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - a fault of ours costs this mail its parse, not its octets or its batch
        mail.parsed = failed(f"parser fault: {type(error).__name__}")
        return False
    return True
