"""/api/v1/chaos: SMTP failures by chance, which are steps of the space's fault plan (mayfly.records.fault_plan)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from litestar import get, put
from msgspec import Struct

from api_gateway.dialects.mailpit.bodies import read_body
from api_gateway.dialects.mailpit.call import GivenCall
from api_gateway.dialects.mailpit.options import READ, WRITE
from api_gateway.dialects.mailpit.views import go_name
from api_gateway.edge.caller import Caller
from api_gateway.edge.parameters import Given
from api_gateway.inboxes import InboxHandlers
from api_gateway.refusals import BadInput, NotFound
from mayfly.records.fault_plan import FaultPlan, FaultStep

_At = Literal["mail", "rcpt", "auth"]
_CODES = {"mail": 451, "rcpt": 451, "auth": 535}
_TEXTS = {"mail": "Chaos sender error", "rcpt": "Chaos recipient error", "auth": "Chaos authentication error"}
_LEAST_CODE, _MOST_CODE, _CERTAIN = 400, 599, 100


class Trigger(Struct, frozen=True, kw_only=True, rename=go_name):
    """`error_code` of the reply, 400 to 599; `probability` in percent."""

    error_code: int
    probability: int


class Triggers(Struct, frozen=True, kw_only=True, rename=go_name):
    """What may fail: MAIL FROM, RCPT TO and AUTH."""

    sender: Trigger
    recipient: Trigger
    authentication: Trigger


class AskedTrigger(Struct, frozen=True):
    errorcode: int = 0
    probability: int = 0


class AskedTriggers(Struct, frozen=True):
    """The body of a change; a trigger that is left out never strikes, and gets its usual code."""

    sender: AskedTrigger = AskedTrigger()
    recipient: AskedTrigger = AskedTrigger()
    authentication: AskedTrigger = AskedTrigger()


@dataclass(frozen=True, slots=True)
class Chaos:
    """`is_enabled`: whether the operator lets clients change this."""

    is_enabled: bool
    inboxes: InboxHandlers

    async def get(self, caller: Caller, space_id: str) -> Triggers:
        """The triggers of the space. Raises BadInput where the operator has not enabled them, NotFound."""
        self._require_enabled()
        try:
            plan = await self.inboxes.fault_plans.get(caller, space_id)
        except NotFound:
            return _triggers(())
        return _triggers(plan.steps)

    async def put(self, caller: Caller, space_id: str, asked: AskedTriggers) -> Triggers:
        """Set all triggers, in the place of the space's fault plan; the usual ones end it.

        Raises as `get`, and BadInput for bad numbers.
        """
        self._require_enabled()
        wishes = {"mail": asked.sender, "rcpt": asked.recipient, "auth": asked.authentication}
        steps = tuple(_step(at, wishes[at]) for at in get_args(_At))
        triggers = _triggers(steps)
        if triggers == _triggers(()):
            await self.inboxes.fault_plans.clear(caller, space_id)
        else:
            await self.inboxes.fault_plans.put(caller, space_id, FaultPlan(steps=steps))
        return triggers

    def _require_enabled(self) -> None:
        if not self.is_enabled:
            raise BadInput("Chaos is not enabled")


@get("/api/v1/chaos", opt=READ)
async def get_chaos(call: GivenCall, chaos: Given[Chaos]) -> Triggers:
    """Get what fails by chance. Where the operator has not enabled it (MAYFLY_MAILPIT_CHAOS), 400."""
    return await chaos.get(call.caller, call.space.id)


@put("/api/v1/chaos", opt=WRITE)
async def set_chaos(call: GivenCall, chaos: Given[Chaos]) -> Triggers:
    """Set what fails by chance; `{}` sets all back."""
    return await chaos.put(call.caller, call.space.id, await read_body(call.request, AskedTriggers))


def _step(at: _At, asked: AskedTrigger) -> FaultStep:
    code = asked.errorcode or _CODES[at]
    if not _LEAST_CODE <= code <= _MOST_CODE:
        raise BadInput("error code must be between 400 and 599")
    if not 0 <= asked.probability <= _CERTAIN:
        raise BadInput("probability must be between 0 and 100")
    return FaultStep(at=at, code=code, text=_TEXTS[at], is_enhanced=False, probability=asked.probability)


def _triggers(steps: Sequence[FaultStep]) -> Triggers:
    def trigger(at: _At) -> Trigger:
        step = next((step for step in steps if step.at == at and step.times is None), None)
        if step is None or step.code is None:
            return Trigger(error_code=_CODES[at], probability=0)
        return Trigger(error_code=step.code, probability=_CERTAIN if step.probability is None else step.probability)

    return Triggers(sender=trigger("mail"), recipient=trigger("rcpt"), authentication=trigger("auth"))
