from panels import Panel, Rows, rate

TITLE = "Mayfly: NATS and MongoDB"
ROWS: Rows = [
    (
        "Streams",
        [
            Panel("Messages", "short", {"{{stream}}": "max by (stream) (mayfly_stream_messages)"}),
            Panel("Octets", "bytes", {"{{stream}}": "max by (stream) (mayfly_stream_octets)"}),
            Panel(
                "Share of the limit",
                "percentunit",
                {
                    "{{stream}}": "max by (stream) (mayfly_stream_octets) / (max by (stream) (mayfly_stream_limit_octets) > 0)"
                },
            ),
            Panel("Age of the oldest", "s", {"{{stream}}": "max by (stream) (mayfly_stream_oldest_seconds)"}),
        ],
    ),
    (
        "Broker",
        [
            Panel(
                "Copies missing",
                "short",
                {
                    "{{stream}}": "max by (stream) (mayfly_stream_copies_wanted) - max by (stream) (mayfly_stream_copies)"
                },
            ),
            Panel("Connections lost", "ops", {"{{job}}": rate("mayfly_bus_disconnections_total", "job")}),
            Panel(
                "Resubscriptions",
                "ops",
                {"{{consumer}}": rate("mayfly_consumer_resubscriptions_total", "consumer")},
            ),
        ],
    ),
    (
        "Store",
        [
            Panel("Commands", "ops", {"{{command}}": rate("mayfly_store_command_seconds_count", "command")}),
            Panel(
                "p99 of commands",
                "s",
                {
                    "{{command}}": "histogram_quantile(0.99, sum by (le, command) (rate(mayfly_store_command_seconds_bucket[$__rate_interval])))"
                },
            ),
            Panel(
                "Commands failed",
                "ops",
                {"{{job}} {{command}}": rate("mayfly_store_commands_failed_total", "job, command")},
            ),
            Panel(
                "Size",
                "bytes",
                {"documents": "max(mayfly_store_data_octets)", "on disk": "max(mayfly_store_storage_octets)"},
            ),
            Panel(
                "Disk",
                "percentunit",
                {"used": "max(mayfly_store_disk_used_octets) / max(mayfly_store_disk_octets)"},
            ),
            Panel("Gauges last read", "s", {"ago": "time() - max(mayfly_watched_timestamp_seconds)"}),
        ],
    ),
]
