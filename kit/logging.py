"""Structured logging: JSON lines in production, readable in a terminal; personal data masked by the logger."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

from kit.masking import mask_text

_SECRETS = ("token", "ticket", "secret", "password", "code", "otp", "signature", "authorization")


def _mask(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key, value in event.items():
        if any(word in key.lower() for word in _SECRETS) and key not in ("code", "error_code"):
            event[key] = "***"
        elif isinstance(value, str):
            event[key] = mask_text(value)
    return event


def configure(*, json_lines: bool, level: str = "INFO") -> None:
    """Once per process, before anything logs."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info if json_lines else structlog.processors.StackInfoRenderer(),
        _mask,
    ]
    render: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if json_lines
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, render],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level)),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr, format="%(levelname)s %(name)s %(message)s")
    # httpx logs whole URLs at INFO, and partners put secrets there. Whoever lowers its level still gets none of them.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    logging.getLogger("httpx").addFilter(_without_queries)
    logging.getLogger("httpcore").setLevel(logging.WARNING)


def _without_queries(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(one if isinstance(one, int | float) else str(one).split("?")[0] for one in record.args)
    return True


def get(name: str) -> Any:
    """A logger; events are named like `coupon.occupied`, facts go in keywords."""
    return structlog.get_logger(name)


def begin_request() -> None:
    """Forget what the last request on this connection bound: context variables survive keep-alive."""
    structlog.contextvars.clear_contextvars()


def bind(**facts: Any) -> None:
    """Put `facts` on every line until the next request."""
    structlog.contextvars.bind_contextvars(**facts)
