"""Dead letters of one company: seen, and put back on their queue, all or one; those of others are left as they are."""

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from accolade.model.errors import Retry
from accolade.model.phrases import later as t

QUEUES = ("inbox", "email", "sms", "whatsapp", "receipts", "orders")
"""Queues whose dead letters can go back. A missed schedule is not sent again: the next run does its work."""

LOOKED_AT = 100
"""Dead letters of a queue that are looked at for a page."""

MOVED = 500
"""Dead letters of a queue that are put back at once."""

_HIDDEN_SECONDS = 60
"""How long a letter that is looked at is hidden from others, should the process end before it is let go."""

_NO_QUEUE = {"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist", "NonExistentQueue"}


@dataclass(frozen=True, slots=True)
class Letter:
    """A message that could not be processed: its queue, SQS's id, when it was sent, and its content if it is ours."""

    queue: str
    id: str
    sent_at: datetime
    content: Mapping[str, Any]
    body: str
    receipt: str


class DeadLetters:
    """`url(queue, dead=)` gives a queue's address; `mine(content)` tells whether a message belongs to the company that asks."""

    def __init__(self, client: Any, url: Callable[..., str], mine: Callable[[Mapping[str, Any]], bool]) -> None:
        self._client, self._url, self._mine = client, url, mine

    def look(self, queue: str) -> list[Letter]:
        """The company's dead letters of a queue, among the first that SQS gives; they stay where they are."""
        letters = list(self._taken(queue, LOOKED_AT))
        self._let_go(queue, letters)
        return sorted((it for it in letters if self._mine(it.content)), key=lambda it: (it.sent_at, it.id))

    def move(self, queue: str, ids: Collection[str] | None = None) -> int:
        """Put the company's dead letters back on their queue, those of these ids, or all; how many.

        One is deleted only when its copy is on the queue: twice is possible, lost is not, and twice pays nobody twice.
        """
        letters, moved = list(self._taken(queue, MOVED)), 0
        left = []
        for it in letters:
            if self._mine(it.content) and (ids is None or it.id in ids):
                self._call("send_message", QueueUrl=self._url(queue), MessageBody=it.body)
                self._call("delete_message", QueueUrl=self._url(queue, dead=True), ReceiptHandle=it.receipt)
                moved += 1
            else:
                left.append(it)
        self._let_go(queue, left)
        return moved

    def count(self, queue: str) -> int:
        """About how many letters lie on a queue, whoever they belong to; nothing is hidden from others by asking."""
        answer = self._call(
            "get_queue_attributes", QueueUrl=self._url(queue, dead=True), AttributeNames=["ApproximateNumberOfMessages"]
        )
        return int(((answer or {}).get("Attributes") or {}).get("ApproximateNumberOfMessages", 0))

    def _taken(self, queue: str, most: int) -> Iterator[Letter]:
        """Letters that are hidden from others until they are let go."""
        seen: set[str] = set()
        while len(seen) < most:
            answer = self._call(
                "receive_message",
                QueueUrl=self._url(queue, dead=True),
                MaxNumberOfMessages=10,
                VisibilityTimeout=_HIDDEN_SECONDS,
                AttributeNames=["SentTimestamp"],
            )
            fresh = [it for it in (answer or {}).get("Messages", ()) if it["MessageId"] not in seen]
            if not fresh:
                return
            for message in fresh:
                seen.add(message["MessageId"])
                yield _letter(queue, message)

    def _let_go(self, queue: str, letters: Collection[Letter]) -> None:
        for it in letters:
            self._call(
                "change_message_visibility",
                QueueUrl=self._url(queue, dead=True),
                ReceiptHandle=it.receipt,
                VisibilityTimeout=0,
            )

    def _call(self, operation: str, **request: Any) -> Any:
        try:
            return getattr(self._client, operation)(**request)
        except ClientError as error:
            if error.response["Error"]["Code"] in _NO_QUEUE:
                return None
            raise Retry(t("the queue does not answer"), where=operation) from error
        except BotoCoreError as error:
            raise Retry(t("the queue does not answer"), where=operation) from error


def _letter(queue: str, message: Mapping[str, Any]) -> Letter:
    try:
        content = json.loads(message["Body"])
    except (ValueError, RecursionError):
        content = None
    sent = int(message.get("Attributes", {}).get("SentTimestamp", 0)) / 1000
    return Letter(
        queue,
        message["MessageId"],
        datetime.fromtimestamp(sent, UTC),
        content if isinstance(content, dict) else {},
        message["Body"],
        message["ReceiptHandle"],
    )
