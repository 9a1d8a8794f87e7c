"""Child processes that parse mails and check their authentication, and the pools that start them (ADR 0005).

    app ── parse_pool ───┬─ pool ── frames ══ pipes ══ frames ── child_loop ─┬─ parse_child ──── domain.parse
           verdict_pool ─┘                                                   └─ verdict_child ── verdicts ── resolver

Left of the pipes: the parser's own process. Right of them: `python -m message_parser.workers.<name>_child`, which may
be killed at any time.
"""
