"""The time of every command to the store, told by the driver. `client.connect` registers it."""

from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from mayfly.store import metrics


class CommandTimes(CommandListener):
    """Never looks at a command's content, only at its name and time."""

    def started(self, event: CommandStartedEvent) -> None:
        """The driver wants this method; the end of a command says all."""

    def succeeded(self, event: CommandSucceededEvent) -> None:
        metrics.COMMAND_SECONDS.labels(_name(event.command_name)).observe(event.duration_micros / 1e6)

    def failed(self, event: CommandFailedEvent) -> None:
        metrics.COMMAND_SECONDS.labels(_name(event.command_name)).observe(event.duration_micros / 1e6)
        metrics.COMMANDS_FAILED.labels(_name(event.command_name)).inc()


def _name(command: str) -> str:
    return command if command in metrics.COMMANDS else metrics.OTHER
