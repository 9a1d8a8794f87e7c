from panels import Panel, Rows, process, quantiles, rate

TITLE = "Mayfly: SMTP"
ROWS: Rows = [
    (
        "Rate, errors, duration",
        [
            Panel("Transactions", "ops", {"{{result}}": rate("mayfly_smtp_transactions_total", "result")}),
            Panel(
                "Recipients refused",
                "ops",
                {"{{reason}}": rate("mayfly_smtp_recipients_rejected_total", "reason")},
            ),
            Panel("DATA to ack", "s", quantiles("mayfly_smtp_ack_seconds")),
        ],
    ),
    (
        "Connections",
        [
            Panel("Open", "short", {"{{instance}}": "mayfly_smtp_open_connections"}),
            Panel("New", "ops", {"{{result}}": rate("mayfly_smtp_connections_total", "result")}),
            Panel("Logins", "ops", {"{{result}}": rate("mayfly_smtp_logins_total", "result")}),
            Panel("Ended by us", "ops", {"{{reason}}": rate("mayfly_smtp_cut_off_total", "reason")}),
        ],
    ),
    (
        "Use",
        [
            Panel("Octets accepted", "Bps", {"octets": rate("mayfly_smtp_octets_total")}),
            Panel("Octets in memory, not yet acked", "bytes", {"{{instance}}": "mayfly_smtp_in_flight_octets"}),
            Panel(
                "Messages without room in memory", "ops", {"{{reason}}": rate("mayfly_smtp_no_room_total", "reason")}
            ),
            *process("smtp-ingest"),
        ],
    ),
]
