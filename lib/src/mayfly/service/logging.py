"""Logging as JSON lines on stdout, one per unit of work. Never log a key, token, secret or mail body."""

import logging
import sys
from typing import Any

import msgspec
import structlog


def configure(service: str, level: str) -> None:
    """Send structlog and the standard library's loggers to stdout as JSON, each line naming its service."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.processors.JSONRenderer(serializer=_json)],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        # One write per line, so that lines of processes that share a file do not mix.
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(processor=structlog.processors.JSONRenderer(), foreign_pre_chain=shared)
    )
    logging.basicConfig(handlers=[handler], level=max(logging.WARNING, logging.getLevelName(level)), force=True)


def _json(event: Any, **_: Any) -> str:
    """Takes a third of the standard library's time; a busy gateway writes thousands of lines a second."""
    return msgspec.json.encode(event, enc_hook=repr).decode()
