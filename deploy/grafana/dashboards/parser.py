from panels import Panel, Rows, process, quantiles, rate

TITLE = "Mayfly: parser"
ROWS: Rows = [
    (
        "Rate, errors, duration",
        [
            Panel(
                "Messages stored",
                "ops",
                {"{{parse_status}}": rate("mayfly_parser_messages_stored_total", "parse_status")},
            ),
            Panel("Mails nobody wanted any more", "ops", {"gone": rate("mayfly_parser_mails_gone_total")}),
            Panel("Receipt to readable", "s", quantiles("mayfly_parser_lag_seconds")),
            Panel(
                "Steps of a group of mails, p99",
                "s",
                {
                    "{{step}}": "histogram_quantile(0.99, sum by (le, step) (rate(mayfly_parser_step_seconds_bucket[$__rate_interval])))"
                },
            ),
        ],
    ),
    (
        "Consumer",
        [
            Panel(
                "Outcomes",
                "ops",
                {"{{outcome}}": rate("mayfly_consumer_events_total", "outcome", '{consumer="parser"}')},
            ),
            Panel("Wait in the stream", "s", quantiles("mayfly_consumer_age_seconds", '{consumer="parser"}')),
            Panel(
                "Waiting and unsettled",
                "short",
                {
                    "waiting": 'max(mayfly_consumer_waiting_events{consumer="parser"})',
                    "unsettled": 'max(mayfly_consumer_unsettled_events{consumer="parser"})',
                },
            ),
        ],
    ),
    (
        "SPF, DKIM and DMARC",
        [
            Panel("Outcomes", "ops", {"{{outcome}}": rate("mayfly_parser_verdicts_total", "outcome")}),
            Panel("Waiting mails", "short", {"waiting": "sum(mayfly_parser_verdicts_waiting)"}),
            Panel(
                "Longest wait",
                "s",
                {"oldest": "max(mayfly_parser_verdicts_oldest_seconds)", "no DNS": "max(mayfly_parser_dns_silent)"},
            ),
            Panel("DNS lookups", "ops", {"{{outcome}}": rate("mayfly_parser_dns_lookups_total", "outcome")}),
        ],
    ),
    (
        "Use",
        [
            Panel(
                "Parsing processes lost",
                "ops",
                {"{{child}} {{cause}}": rate("mayfly_children_lost_total", "child, cause")},
            ),
            Panel(
                "Protections of child processes",
                "short",
                {"{{child}} {{protection}}": "min by (child, protection) (mayfly_children_confined)"},
                "1 while a protection is in force",
            ),
            *process("parser"),
        ],
    ),
]
