"""Joins the lines of format=flowed text (RFC 3676) into paragraphs. Called by `bodies`."""

from message_parser.domain import effort


def unflow(text: str, *, delete_space: bool) -> str:
    """Join soft line breaks within one quote depth, undo space-stuffing, keep signatures apart.

    `delete_space`: the parameter DelSp=yes. Text of very many lines stays as it is.
    """
    lines = text.split("\n")
    if not effort.spend(len(lines)):
        return text
    joined: list[list[str]] = []
    open_depth = -1
    for line in lines:
        body = line.rstrip("\r")
        content = body.lstrip(">")
        depth = len(body) - len(content)
        content = content.removeprefix(" ")
        flows = content.endswith(" ") and content != "-- "
        kept = content[:-1] if flows and delete_space else content
        if depth == open_depth and content != "-- ":
            joined[-1].append(kept)
        else:
            joined.append([">" * depth + (" " if depth else ""), kept])
        open_depth = depth if flows else -1
    return "\n".join(["".join(pieces) for pieces in joined])
