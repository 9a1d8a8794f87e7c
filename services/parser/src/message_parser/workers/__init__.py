"""Child processes that parse mails and check their authentication, and the pools that start them (ADR 0005).

    app ─┬─ parse_pool ── mayfly.children.pool ══ pipes ══ mayfly.children.loop ── parse_child ── domain.parse
         └─ verdict_pool ── (the same) ══ pipes ══ (the same) ── verdict_child ── verdicts ── resolver

Left of the pipes: the parser's own process. Right of them: confined processes that may be killed at any time.
"""
