"""receipts: what vendors say of our messages and what people reply comes in; deliveries are settled, channels stopped."""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger

from accolade import wiring

logger = Logger(service="receipts")
run = wiring.receipts(log=lambda event, **fields: logger.info(event, extra={"event": event, **fields}))


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """An SQS batch of SNS envelopes; one line is logged for each receipt, and what came too early comes again alone."""
    return run(event, clock=lambda: datetime.now(UTC))
