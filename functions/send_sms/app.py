"""send_sms: a delivery's id comes in, a text message to SNS goes out, once; the delivery is settled."""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger

from accolade import wiring

logger = Logger(service="send_sms")
run = wiring.sender("sms", log=lambda event, **fields: logger.info(event, extra={"event": event, **fields}))


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """An SQS batch of `SendDelivery`; one line is logged for each, and what failed comes again alone."""
    return run(event, clock=lambda: datetime.now(UTC))
