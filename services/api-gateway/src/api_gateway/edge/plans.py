"""What the gateway asks of a plan (mayfly.service.plans), refused in words that name the plan that has it."""

from collections.abc import Callable

from api_gateway.refusals import BadInput, Forbidden
from mayfly.records.plan import Feature, Plan
from mayfly.service.plans import ANONYMOUS, FREE, PlanTable

__all__ = ["ANONYMOUS", "FREE", "Plan", "Plans"]


class Plans(PlanTable):
    def require(self, plan: Plan, feature: Feature, what: str) -> None:
        """Raise Forbidden if `plan` lacks the feature, naming the lowest plan that includes it."""
        if not plan.has(feature):
            raise self._lacks(what, lambda candidate: candidate.has(feature))

    def require_own_domains(self, plan: Plan) -> None:
        """Raise Forbidden if the plan does not include custom domains."""
        if plan.domain_choice != "any":
            raise self._lacks("custom domains", lambda candidate: candidate.domain_choice == "any")

    def require_known(self, name: str) -> None:
        """Raise BadInput if no account can have this plan."""
        if name not in self.names():
            raise BadInput(f"must be one of {', '.join(self.names())}", field="plan")

    def _lacks(self, what: str, fits: Callable[[Plan], bool]) -> Forbidden:
        fitting = [self._plans[name] for name in self.names() if fits(self._plans[name])]
        first = min(fitting, key=lambda candidate: candidate.tier, default=None)
        return Forbidden(
            f"{what}: requires plan {first.name} or higher" if first else f"{what}: not included in any plan"
        )
