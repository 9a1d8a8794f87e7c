"""`mayfly completion`: the script that makes a shell complete commands and options."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import App, Parameter

from mayfly_mail.cli.invocation import NONE, Options, Session, told

app = App(
    name="completion",
    help_epilogue=told(
        "source <(mayfly completion bash)",
        "mayfly completion zsh > ~/.zfunc/_mayfly",
        "mayfly completion fish > ~/.config/fish/completions/mayfly.fish",
        codes="0 printed; 2 unknown shell",
    ),
)


@app.default
def completion(
    shell: Annotated[Literal["bash", "zsh", "fish"], Parameter(help="The shell.")],
    /,
    *,
    common: Options = NONE,
) -> None:
    """Print the completion script of a shell."""
    from mayfly_mail.cli.app import app as root

    script = root.generate_completion(prog_name="mayfly", shell=shell)
    with Session(common) as session:
        session.out.result({"shell": shell, "script": script}, script)
