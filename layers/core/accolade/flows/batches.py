"""The batches of the senders and of receipts: every record by its own clock, one log line for each outcome."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from accolade.flows.receipts import Heard, Receipts
from accolade.flows.records import Log, Records
from accolade.flows.send import Sender, Told

Clock = Callable[[], datetime]
Run = Callable[..., dict[str, Any]]
"""Called with an SQS event and `clock`, gives `{"batchItemFailures": [...]}`."""


def sending(sender: Sender, log: Log) -> Run:
    """Sends every record of a batch."""

    def run(event: dict[str, Any], *, clock: Clock) -> dict[str, Any]:
        def handle(record: SQSRecord) -> None:
            started = clock()
            told = sender(record.body, now=started)
            _say(log, told, started, clock())

        return Records(handle, log).run(event)

    return run


def hearing(receipts: Receipts, log: Log) -> Run:
    """Applies every record of a batch."""

    def run(event: dict[str, Any], *, clock: Clock) -> dict[str, Any]:
        def handle(record: SQSRecord) -> None:
            started = clock()
            queued_at = datetime.fromtimestamp(int(record.attributes.sent_timestamp) / 1000, UTC)
            for heard in receipts(record.body, queued_at=queued_at, now=started):
                _say(log, heard, started, clock())

        return Records(handle, log).run(event)

    return run


def _say(log: Log, said: Told | Heard, started: datetime, ended: datetime) -> None:
    fields = {name: value for name, value in asdict(said).items() if value}
    event = fields.pop("event")
    log(event, **fields, ms=round((ended - started).total_seconds() * 1000))
