from panels import Panel, Rows, process, quantiles, rate

TITLE = "Mayfly: expiry"
ROWS: Rows = [
    (
        "Rate, errors, duration",
        [
            Panel("Inboxes emptied", "ops", {"{{ending}}": rate("mayfly_reaped_inboxes_total", "ending")}),
            Panel("Messages deleted with them", "ops", {"messages": rate("mayfly_reaped_messages_total")}),
            Panel(
                "Longest wait",
                "s",
                {"lag": "max(mayfly_reap_lag_seconds)"},
                "Readers see nothing of an expired inbox, however long this is",
            ),
            Panel("Time of a batch", "s", quantiles("mayfly_reap_batch_seconds")),
        ],
    ),
    (
        "Leftovers",
        [
            Panel("Claimed octets nobody came for", "ops", {"leftovers": rate("mayfly_reaped_leftovers_total")}),
            Panel(
                "Messages that spaces keep no longer", "ops", {"messages": rate("mayfly_reaped_space_messages_total")}
            ),
            Panel("Messages that came late", "ops", {"late": rate("mayfly_reaped_late_messages_total")}),
            Panel(
                "Orphans and old records",
                "ops",
                {
                    "orphans in {{collection}}": rate("mayfly_orphans_removed_total", "collection"),
                    "old in {{collection}}": rate("mayfly_retired_records_total", "collection"),
                },
            ),
        ],
    ),
    ("Use", process("expiry-reaper")),
]
