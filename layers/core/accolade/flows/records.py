"""Each record of an SQS batch on its own: one that fails comes back alone, and the log says why."""

import traceback
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.utilities.batch import BatchProcessor, EventType, process_partial_response
from aws_lambda_powertools.utilities.data_classes.sqs_event import SQSRecord

from accolade.model.errors import AccoladeError

Log = Callable[..., None]
"""Writes one structured line: `log(event, **fields)`."""


class Records(BatchProcessor):
    """Runs a handler for every record; what raised is reported to SQS as failed, whatever it was."""

    def __init__(self, handle: Callable[[SQSRecord], Any], log: Log) -> None:
        super().__init__(event_type=EventType.SQS, raise_on_entire_batch_failure=False)
        self._handle, self._log = handle, log

    def run(self, event: dict[str, Any]) -> dict[str, Any]:
        """An SQS event to `{"batchItemFailures": [...]}`."""

        def record_handler(record: SQSRecord) -> Any:
            return self._handle(record)

        return dict(process_partial_response(event=event, record_handler=record_handler, processor=self))

    def failure_handler(self, record: Any, exception: Any) -> Any:
        """Log what failed: our own errors in words (they hold nothing private), others by name and place."""
        _, error, trace = exception
        place = traceback.extract_tb(trace)[-1]
        said = str(error) if isinstance(error, AccoladeError) else f"{type(error).__name__} in {place.name}, line {place.lineno}"
        self._log("failed", queue_message=record.message_id, error=said)
        return super().failure_handler(record, exception)
