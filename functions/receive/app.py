"""receive: a CRM's webhook comes in, its notifications go to the Inbox, the CRM gets its acknowledgement."""

from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from aws_lambda_powertools import Logger

from accolade import wiring

logger = Logger(service="receive")
take = wiring.receiver()


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """A REST API proxy event to the CRM's own acknowledgement; 2xx only after the queue accepted."""
    started = perf_counter()
    outcome = take(event, now=datetime.now(UTC))
    line = {**outcome.line, "ms": round((perf_counter() - started) * 1000)}
    logger.info(str(line["event"]), extra=line)
    return dict(outcome.answer)
