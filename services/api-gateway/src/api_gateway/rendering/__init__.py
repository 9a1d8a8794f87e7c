"""Makes the HTML of mail safe to show, in a process that can be killed (ADR 0005).

messages.show ── sanitise ── mayfly.children.pool ══ pipes ══ mayfly.children.loop ── sanitise_child ── markup, styles

A mail of 47 kB can make a tree of a gigabyte (`<font>` reopened in each of 2,000 paragraphs), so no mail is parsed in
the gateway's own process. Pages are composed in `pages`, which also has the headers that they are served with.
"""
