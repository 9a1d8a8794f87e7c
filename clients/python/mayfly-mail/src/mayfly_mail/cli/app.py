"""The map of the command line: which first word leads to which module.

Modules are named and not imported: a command loads its own and no other, and `--help` needs none of them.
"""

from __future__ import annotations

from cyclopts import App, Parameter

import mayfly_mail

HELP = """Disposable inboxes for tests: make one, wait for its mail, print the code.

The server is --url or MAYFLY_URL. The API key, or the token of an inbox, is MAYFLY_API_KEY or in the file that
MAYFLY_API_KEY_FILE names; it is never an argument.""".replace("that\n", "that ")
CODES = """Exit codes:
  0    ok
  1    it did not come in time, or an expectation failed
  2    wrong usage, or no API key
  3    the server refused
  4    the server cannot be reached
  130  interrupted (Ctrl-C)"""
COMMANDS = {
    "inbox": ("inboxes", "Make, list and remove inboxes."),
    "wait": ("waiting", "Wait for a mail and print its code, its link or its id, alone."),
    "messages": ("messages", "List, show, open and remove mails."),
    "send-test": ("sending", "Send a mail by SMTP, with a code or a link if you like."),
    "listen": ("listening", "Show what comes to an inbox, and post it to your application as Mayfly's webhooks do."),
    "webhooks": ("webhooks", "Manage endpoints that events are posted to, and see what became of each delivery."),
    "fault": ("faults", "Make SMTP refuse or delay the mail of an inbox."),
    "space": ("spaces", "Take the mail of many addresses into one list."),
    "doctor": ("doctor", "Send a mail to yourself, and say at which step it stopped."),
    "completion": ("completion", "Print the completion script of a shell."),
    "version": ("about", "Print the version of this command."),
}


def _default(value: object) -> str | None:
    """Say in a help text what a default is, where there is something to say."""
    return None if value is False or value is None else str(value)


app = App(
    name="mayfly",
    help=HELP,
    help_epilogue=CODES,
    help_format="plaintext",
    version=mayfly_mail.__version__,
    default_parameter=Parameter(negative=(), show_default=_default),
    result_action="return_value",
)
for _number, (_name, (_module, _sentence)) in enumerate(COMMANDS.items()):
    app.command(f"mayfly_mail.cli.{_module}:app", name=_name, help=_sentence, sort_key=_number)
