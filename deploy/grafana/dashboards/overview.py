from panels import Panel, Rows, quantiles, rate

TITLE = "Mayfly: the way of one mail"
ROWS: Rows = [
    (
        "Promises",
        [
            Panel(
                "Mails readable within 5 s (1 h)",
                "percentunit",
                {"": "1 - mayfly:mail_late:ratio_rate1h"},
                "Promise: 99.9%",
                "stat",
            ),
            Panel(
                "API calls not answered 5xx (1 h)",
                "percentunit",
                {"": "1 - mayfly:api_failed:ratio_rate1h"},
                "Promise: 99.9%",
                "stat",
            ),
            Panel(
                "Webhooks first tried within 5 s (1 h)",
                "percentunit",
                {"": "1 - mayfly:webhook_late:ratio_rate1h"},
                "Promise: 99%",
                "stat",
            ),
            Panel("Processes ready", "short", {"{{job}}": "sum by (job) (mayfly_ready)"}, "", "stat"),
        ],
    ),
    (
        "Each hop, as a rate",
        [
            Panel("Accepted by SMTP", "ops", {"{{result}}": rate("mayfly_smtp_transactions_total", "result")}),
            Panel(
                "Stored by the parser",
                "ops",
                {"{{parse_status}}": rate("mayfly_parser_messages_stored_total", "parse_status")},
            ),
            Panel("Webhook attempts", "ops", {"{{outcome}}": rate("mayfly_webhook_attempts_total", "outcome")}),
        ],
    ),
    (
        "Each hop, as a delay",
        [
            Panel(
                "DATA to the broker's ack",
                "s",
                quantiles("mayfly_smtp_ack_seconds"),
                "What the peer waits for before 250",
            ),
            Panel("Receipt to readable", "s", quantiles("mayfly_parser_lag_seconds")),
            Panel("Receipt to open live channels", "s", quantiles("mayfly_live_age_seconds")),
            Panel("Event to first webhook attempt", "s", quantiles("mayfly_webhook_first_attempt_seconds")),
        ],
    ),
    (
        "What waits",
        [
            Panel(
                "Oldest accepted mail not yet parsed",
                "s",
                {"age": 'max(mayfly_stream_oldest_seconds{stream="MAIL"})'},
            ),
            Panel(
                "Events waiting",
                "short",
                {"{{consumer}}": "max by (consumer) (mayfly_consumer_waiting_events)"},
            ),
            Panel("Dead letters", "short", {"kept": 'max(mayfly_stream_messages{stream="DEAD_LETTERS"})'}),
            Panel("Expired inboxes not yet emptied", "s", {"longest": "max(mayfly_reap_lag_seconds)"}),
        ],
    ),
    (
        "What holds back",
        [
            Panel(
                "Stopped consumers",
                "short",
                {"{{consumer}}: {{cause}}": "max by (consumer, cause) (mayfly_consumer_shut)"},
                "1 while a consumer handles nothing; it tries again by itself",
            ),
            Panel(
                "Stored, not yet announced",
                "short",
                {"messages": "max(mayfly_unannounced_messages)"},
                "Readable by the API; live channels and webhooks hear of them later",
            ),
            Panel(
                "Mail without an account waits",
                "short",
                {"{{job}}": "max by (job) (mayfly_anonymous_mail_waits)"},
                "1 while store or broker have little room left",
            ),
        ],
    ),
]
