"""How full the stack's queues are, and moving dead letters back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from accolade import wiring
from accolade.cli.stack import DEAD_QUEUES, WORK_QUEUES, Stack

_COUNTS = (
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
)
_NO_SUCH_ACTION = {"InvalidAction", "UnsupportedOperation", "AWS.SimpleQueueService.UnsupportedOperation", "NotImplemented"}


@dataclass(frozen=True, slots=True)
class QueueState:
    """Messages of one queue: waiting (delayed ones too), being worked on, and dead. SQS counts approximately."""

    queue: str
    waiting: int
    in_flight: int
    dead: int


def queue_states(stack: Stack) -> list[QueueState]:
    """The state of every queue; `schedules` has dead letters only."""
    states = []
    for name in DEAD_QUEUES:
        visible, hidden, delayed = _counts(stack.queue(name).url) if name in WORK_QUEUES else (0, 0, 0)
        states.append(QueueState(name, visible + delayed, hidden, sum(_counts(stack.queue(name, dead=True).url))))
    return states


def idle(states: Sequence[QueueState]) -> bool:
    """Whether nothing waits and nothing is worked on (dead letters wait for a person)."""
    return not any(state.waiting or state.in_flight for state in states)


def redriven(stack: Stack, name: str) -> int | None:
    """Move the dead letters of a queue back to it: how many, or None where SQS does it by itself in the background."""
    client = wiring.client("sqs")
    source, target = stack.queue(name, dead=True).url, stack.queue(name).url
    arn = client.get_queue_attributes(QueueUrl=source, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    try:
        client.start_message_move_task(SourceArn=arn)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _NO_SUCH_ACTION:
            raise
        return _moved(client, source, target)
    return None


def _moved(client: Any, source: str, target: str) -> int:
    """Receive, send, delete: a message is deleted only when its copy is on the queue."""
    moved = 0
    while True:
        answer = client.receive_message(QueueUrl=source, MaxNumberOfMessages=10, WaitTimeSeconds=1, VisibilityTimeout=60)
        messages = answer.get("Messages", ())
        if not messages:
            return moved
        for message in messages:
            client.send_message(QueueUrl=target, MessageBody=message["Body"])
            client.delete_message(QueueUrl=source, ReceiptHandle=message["ReceiptHandle"])
            moved += 1


def _counts(url: str) -> tuple[int, int, int]:
    found = wiring.client("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=list(_COUNTS))["Attributes"]
    visible, hidden, delayed = (int(found.get(name, 0)) for name in _COUNTS)
    return visible, hidden, delayed
