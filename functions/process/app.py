"""process: Inbox messages come in, decisions are committed to State, Ledger and Deliveries, what is due goes to its channel."""

from datetime import UTC, datetime
from time import perf_counter
from typing import Any

from aws_lambda_powertools import Logger

from accolade import wiring

logger = Logger(service="process")
run = wiring.processor(log=lambda event, **fields: logger.info(event, extra={"event": event, **fields}))


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """An SQS batch of Inbox messages; what could not be processed is named, so that only that comes again."""
    started = perf_counter()
    records = event["Records"]
    failed = run({record["messageId"]: record["body"] for record in records}, now=datetime.now(UTC))
    ms = round((perf_counter() - started) * 1000)
    logger.info("batch", extra={"event": "batch", "messages": len(records), "failed": len(failed), "ms": ms})
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}
