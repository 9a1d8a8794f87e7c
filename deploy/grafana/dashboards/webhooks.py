from panels import Panel, Rows, process, quantiles, rate

TITLE = "Mayfly: webhooks"
ROWS: Rows = [
    (
        "Rate, errors, duration",
        [
            Panel("Deliveries made", "ops", {"deliveries": rate("mayfly_webhook_deliveries_total")}),
            Panel("Attempts", "ops", {"{{outcome}}": rate("mayfly_webhook_attempts_total", "outcome")}),
            Panel("Event to first attempt", "s", quantiles("mayfly_webhook_first_attempt_seconds")),
            Panel("Duration of an attempt", "s", quantiles("mayfly_webhook_attempt_seconds")),
        ],
    ),
    (
        "Waiting",
        [
            Panel("Endpoints switched off", "ops", {"disabled": rate("mayfly_webhook_endpoints_disabled_total")}),
            Panel("Attempts missing in the broker", "ops", {"scheduled again": rate("mayfly_webhook_recovered_total")}),
            Panel("Postponed, endpoint busy", "ops", {"postponed": rate("mayfly_webhook_postponed_total")}),
            Panel(
                "Events in memory, waiting for their turn", "short", {"events": "sum(mayfly_webhook_waiting_events)"}
            ),
            Panel(
                "Scheduled attempts kept",
                "short",
                {"messages": 'max(mayfly_stream_messages{stream="DELIVERIES"})'},
            ),
            Panel(
                "Outcomes",
                "ops",
                {
                    "{{consumer}} {{outcome}}": rate(
                        "mayfly_consumer_events_total", "consumer, outcome", '{consumer=~"dispatcher|attempts"}'
                    )
                },
            ),
            Panel(
                "Waiting",
                "short",
                {"{{consumer}}": 'max by (consumer) (mayfly_consumer_waiting_events{consumer=~"dispatcher|attempts"})'},
            ),
        ],
    ),
    ("Use", process("webhook-dispatcher")),
]
