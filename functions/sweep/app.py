"""sweep: a schedule (or a person) comes in, what the CRMs changed goes to the Inbox."""

from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from aws_lambda_powertools import Logger

from accolade import wiring

logger = Logger(service="sweep")
run = wiring.sweeper(log=lambda event, **fields: logger.info(event, extra={"event": event, **fields}))


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """`{}` sweeps every connection, `{"connection": id}` one; `"deep": true` looks 72 hours back.

    Raises after all were tried if one could not be swept, so that the invocation counts as failed.
    """
    started = perf_counter()
    done = run(
        now=datetime.now(UTC),
        left=lambda: context.get_remaining_time_in_millis() / 1000,
        connection=event.get("connection"),
        deep=event.get("deep") is True,
    )
    totals = {
        "connections": len(done),
        "records": sum(swept.records for swept in done),
        "unfinished": [swept.connection for swept in done if not swept.finished],
        "skipped": [swept.connection for swept in done if swept.skipped],
    }
    logger.info("swept_all", extra={"event": "swept_all", **totals, "ms": round((perf_counter() - started) * 1000)})
    return totals
