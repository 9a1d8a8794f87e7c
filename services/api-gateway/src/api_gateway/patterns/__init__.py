"""Searches mail for what callers look for, where it can take long: in a process that can be killed (ADR 0005).

live.matchers ── search ── mayfly.children.pool ══ pipes ══ mayfly.children.loop ── search_child
"""
