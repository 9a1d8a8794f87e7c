from panels import Panel, Rows, process, quantiles, rate

TITLE = "Mayfly: API and live channels"
ROWS: Rows = [
    (
        "Rate, errors, duration",
        [
            Panel("Calls by status", "reqps", {"{{status}}": rate("mayfly_http_requests_total", "status")}),
            Panel(
                "Calls by route",
                "reqps",
                {"{{route}}": f"topk(10, {rate('mayfly_http_requests_total', 'route')})"},
            ),
            Panel("Duration", "s", quantiles("mayfly_http_request_seconds")),
            Panel(
                "Slowest routes, p99",
                "s",
                {
                    "{{route}}": "topk(10, histogram_quantile(0.99, sum by (le, route) (rate(mayfly_http_request_seconds_bucket[$__rate_interval]))))"
                },
            ),
        ],
    ),
    (
        "Refusals",
        [
            Panel("Over a limit", "reqps", {"{{limit}}": rate("mayfly_http_rejections_total", "limit")}),
            Panel(
                "Not allowed (401, 403)",
                "reqps",
                {"{{status}}": rate("mayfly_http_requests_total", "status", '{status=~"401|403"}')},
            ),
            Panel("Wrong credentials", "reqps", {"{{kind}}": rate("mayfly_http_wrong_credentials_total", "kind")}),
            Panel(
                "Failed (5xx)",
                "reqps",
                {"{{route}} {{status}}": rate("mayfly_http_requests_total", "route, status", '{status=~"5.."}')},
            ),
        ],
    ),
    (
        "Live channels",
        [
            Panel("Open", "short", {"{{kind}}": "sum by (kind) (mayfly_live_channels)"}),
            Panel("Notices", "ops", {"{{kind}}": rate("mayfly_live_notices_total", "kind")}),
            Panel("Cut off, reader too slow", "ops", {"dropped": rate("mayfly_live_dropped_total")}),
            Panel("Receipt to hand-over", "s", quantiles("mayfly_live_age_seconds")),
        ],
    ),
    ("Use", process("api-gateway")),
]
