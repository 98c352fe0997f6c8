"""fulfill: a hint about a redemption comes in, it is ordered once or asked for, its points are spent or come back."""

from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools import Logger

from accolade import wiring

logger = Logger(service="fulfill")
run = wiring.fulfiller(log=lambda event, **fields: logger.info(event, extra={"event": event, **fields}))


@logger.inject_lambda_context
def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """An SQS batch of `FulfillRedemption` messages; what failed comes again alone."""
    return run(event, clock=lambda: datetime.now(UTC))
