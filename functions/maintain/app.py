"""maintain: the clock comes in each minute; what is due goes out, what waited is resumed."""

from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from aws_lambda_powertools import Logger

from accolade import wiring

logger = Logger(service="maintain")
run = wiring.maintainer(log=lambda event, **fields: logger.info(event, extra={"event": event, **fields}))


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> dict[str, int]:
    """A scheduled event. However often it fires, everything is done once."""
    started = perf_counter()
    done = run(now=datetime.now(UTC))
    logger.info("maintained", extra={"event": "maintained", **done, "ms": round((perf_counter() - started) * 1000)})
    return done
