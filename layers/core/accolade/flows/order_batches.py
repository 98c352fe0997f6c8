"""The batches of the Orders queue: every record by its own clock, one log line for each."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from accolade.flows.fulfill import Fulfiller
from accolade.flows.records import Log, Records


def ordering(fulfiller: Fulfiller, log: Log) -> Callable[..., dict[str, Any]]:
    """Looks at the redemption of every record: called with an SQS event and `clock`, gives `{"batchItemFailures": [...]}`."""

    def run(event: dict[str, Any], *, clock: Callable[[], datetime]) -> dict[str, Any]:
        def handle(record: SQSRecord) -> None:
            started = clock()
            told = fulfiller(record.body, now=started)
            fields = {name: value for name, value in asdict(told).items() if value}
            log(fields.pop("event"), **fields, ms=round((clock() - started).total_seconds() * 1000))

        return Records(handle, log).run(event)

    return run
