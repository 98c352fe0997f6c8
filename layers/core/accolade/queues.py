"""SQS, and S3 for what is too large for it: durable hand-over between functions."""

import json
from collections.abc import Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from accolade.model.errors import Retry

MAX_MESSAGE_BYTES = 700 * 1024
"""What we put on a queue at most (SQS takes 1 MiB since 2025; base64 and attributes need room)."""


class Queue:
    """One queue. Sending is confirmed or raises Retry: nothing counts as accepted before SQS said so."""

    def __init__(self, client: Any, url: str) -> None:
        self._client, self.url = client, url

    def send(self, bodies: Sequence[str], *, delay_seconds: int = 0) -> None:
        """Put JSON texts on the queue, ten and at most 700 KiB a call; Retry if any was not accepted."""
        for batch in _batches(bodies):
            entries = [{"Id": str(i), "MessageBody": body, "DelaySeconds": delay_seconds} for i, body in enumerate(batch)]
            try:
                answer = self._client.send_message_batch(QueueUrl=self.url, Entries=entries)
            except (BotoCoreError, ClientError) as error:
                raise Retry("the queue did not accept the messages", where=self.url.rsplit("/", 1)[-1]) from error
            if answer.get("Failed"):
                raise Retry(f"the queue refused {len(answer['Failed'])} messages", where=self.url.rsplit("/", 1)[-1])


class Bodies:
    """The bucket for authenticated bodies beyond a queue message's size."""

    def __init__(self, client: Any, bucket: str) -> None:
        self._client, self._bucket = client, bucket

    def put(self, key: str, body: str) -> None:
        """Store a text durably; Retry if S3 does not confirm."""
        try:
            self._client.put_object(Bucket=self._bucket, Key=key, Body=body.encode())
        except (BotoCoreError, ClientError) as error:
            raise Retry("the bucket did not accept the body", where=self._bucket) from error

    def get(self, key: str) -> str:
        """The stored text; Retry if it cannot be read now."""
        try:
            return self._client.get_object(Bucket=self._bucket, Key=key)["Body"].read().decode()
        except (BotoCoreError, ClientError) as error:
            raise Retry(f"body {key} cannot be read", where=self._bucket) from error


def compact(value: Any) -> str:
    """JSON without spaces, keys sorted: the same data gives the same bytes."""
    return json.dumps(value, separators=(",", ":"), sort_keys=True, ensure_ascii=False)


def _batches(bodies: Sequence[str]) -> list[list[str]]:
    batches: list[list[str]] = []
    size = 0
    for body in bodies:
        length = len(body.encode())
        if not batches or len(batches[-1]) == 10 or size + length > MAX_MESSAGE_BYTES:
            batches.append([])
            size = 0
        batches[-1].append(body)
        size += length
    return batches
