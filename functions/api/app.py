"""api: a program asks, with a key or a session; JSON goes out, as `/openapi.json` describes it."""

from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from aws_lambda_powertools import Logger

from accolade import wiring

logger = Logger(service="api")
answer = wiring.api(logger.info)


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A REST API proxy event to JSON (see `web.api`). Keys, cookies and bodies are never logged."""
    started = perf_counter()
    outcome = answer(event, now=datetime.now(UTC))
    line = {"event": "api", **outcome.line, "ms": round((perf_counter() - started) * 1000)}
    logger.info(str(line["event"]), extra=line)
    return dict(outcome.answer)
