"""Measures the duration of every store command through the driver's monitoring. Registered by `client.connect`."""

from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from mayfly.store import metrics


class CommandTimes(CommandListener):
    """Reads a command's name and duration, never its content."""

    def started(self, event: CommandStartedEvent) -> None:
        """Required by the driver; the other two events hold the duration."""

    def succeeded(self, event: CommandSucceededEvent) -> None:
        metrics.COMMAND_SECONDS.labels(_name(event.command_name)).observe(event.duration_micros / 1e6)

    def failed(self, event: CommandFailedEvent) -> None:
        metrics.COMMAND_SECONDS.labels(_name(event.command_name)).observe(event.duration_micros / 1e6)
        metrics.COMMANDS_FAILED.labels(_name(event.command_name)).inc()


def _name(command: str) -> str:
    return command if command in metrics.COMMANDS else metrics.OTHER
