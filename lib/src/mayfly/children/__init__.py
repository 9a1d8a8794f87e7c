"""Child processes for work on what strangers sent: they may be killed at any time, and hold nothing worth stealing.

    a service ── pool ── frames ══ pipes ══ frames ── loop ── the service's own module of the child
                                                       └── confinement ── system_calls

Left of the pipes: the process of the service. Right of them: `python -I -m <module>`, with an empty environment. It
gives up what it does not need (`confinement`) before the first frame. ADR 0005 says why this is our own.
"""
