"""The handlers of the room `operator`, for its routes: operations, and the clock of a test installation."""

from dataclasses import dataclass

from api_gateway.operator.clock import TestClock
from api_gateway.operator.operate import Operations


@dataclass(frozen=True, slots=True)
class OperatorHandlers:
    operations: Operations
    clock: TestClock
