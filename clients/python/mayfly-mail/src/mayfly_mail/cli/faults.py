"""`mayfly fault`: fault plans, which make SMTP refuse or delay the mail of an inbox as tests need it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from mayfly_mail.cli.invocation import NONE, Options, Session, told, usable

if TYPE_CHECKING:
    from mayfly_mail.models import FaultPlan

app = App(name="fault")

Address = Annotated[str, Parameter(help="Address or id of an inbox or space.")]


@app.command(
    name="set",
    help_epilogue=told(
        'mayfly fault set $ADDRESS "451 x2, accept"',
        'mayfly fault set $ADDRESS "550 at rcpt"',
        'mayfly fault set $ADDRESS "421 30% delay 2s"',
        codes="0 set; 2 the plan cannot be read; 3 refused; 4 unreachable",
    ),
)
def set_(
    address: Address,
    plan: Annotated[str, Parameter(help='Steps separated by commas, for example "451 x2, accept".')],
    /,
    *,
    common: Options = NONE,
) -> None:
    """Set the fault plan of an inbox; it replaces the plan that it had."""
    from mayfly_mail import parse_fault_plan

    usable(parse_fault_plan, plan)
    with Session(common) as session:
        session.inbox(address).set_fault(plan)
        session.out.result({"address": address, "plan": plan}, plan)


@app.command(
    help_epilogue=told("mayfly fault show $ADDRESS", codes="0 ok, also without a plan; 3 refused; 4 unreachable")
)
def show(address: Address, /, *, common: Options = NONE) -> None:
    """Show the fault plan of an inbox, and how many mails it has seen."""
    with Session(common) as session:
        plan = session.inbox(address).fault_plan()
        if common.json:
            session.out.document(plan)
        elif plan is None:
            session.out.note("no fault plan")
        else:
            _table(session, plan)


@app.command(help_epilogue=told("mayfly fault clear $ADDRESS", codes="0 cleared; 3 refused; 4 unreachable"))
def clear(address: Address, /, *, common: Options = NONE) -> None:
    """End the fault plan of an inbox: its mail is accepted again."""
    with Session(common) as session:
        session.inbox(address).clear_fault()
        session.out.result({"address": address, "plan": None}, "cleared")


def _table(session: Session, plan: FaultPlan) -> None:
    rows = [
        (
            each.code or "accept",
            each.times or "always",
            f"{each.probability}%" if each.probability else "",
            each.at,
            each.delay_ms,
            each.text,
        )
        for each in plan.steps
    ]
    session.out.table(("CODE", "TIMES", "CHANCE", "AT", "DELAY MS", "TEXT"), rows, empty="no steps")
    session.out.note(f"mails seen: {plan.seen}")
