"""Bad weather between this process and the cloud: calls that are refused, throttled, or answered into the void.

Hooked into botocore below its own retries, so that both the SDK and the house meet it.
"""

import io
import json
import random
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError
from botocore.httpsession import URLLib3Session

SHARE = 0.3
"""Of all calls, those that meet a fault; of transactions, so many again are cancelled."""
INCURABLE = 0.5
"""Of these, the calls of which every try fails, so that the SDK's own retries do not help and the house has to."""
FAULTS = ("throttled", "lost before", "lost after")
CANCELLED = ("conflict", "condition")


class Weather:
    """Decides for each call by a seeded die, and counts."""

    def __init__(self, seed: int) -> None:
        self._die, self._lock = random.Random(seed), threading.Lock()
        self._fates: dict[str, tuple[str, bool]] = {}
        self._session = URLLib3Session(timeout=20, max_pool_connections=32)
        self.calls: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.raging = True

    def over(self, client: Any) -> None:
        """Let it rage over a client's calls."""
        client.meta.events.register_first("before-send", self._before_send)

    def _before_send(self, request: AWSPreparedRequest, **_: Any) -> AWSResponse | None:
        if not self.raging:
            return None
        operation = _text(request.headers, "X-Amz-Target").rpartition(".")[2]
        fate = self._fate(_text(request.headers, "amz-sdk-invocation-id"), operation)
        if fate == "lost after":
            self._session.send(request)
            raise ReadTimeoutError(endpoint_url=request.url)
        if fate == "lost before":
            raise EndpointConnectionError(endpoint_url=request.url)
        return _refusal(request, fate) if fate else None

    def _fate(self, call: str, operation: str) -> str:
        """What this try of a call meets; empty for nothing."""
        with self._lock:
            if call not in self._fates:
                die = self._die.random()
                fate = self._die.choice(FAULTS) if die < SHARE else ""
                if operation == "TransactWriteItems" and SHARE <= die < 2 * SHARE:
                    fate = self._die.choice(CANCELLED)
                self._fates[call] = (fate, self._die.random() < INCURABLE)
                self.calls[operation] += 1
                self.faults[fate] += 1
                return fate
            fate, incurable = self._fates[call]
            return fate if incurable else ""


def _refusal(request: AWSPreparedRequest, fate: str) -> AWSResponse:
    body: dict[str, Any] = {"__type": "com.amazon.coral.availability#ThrottlingException", "message": "Rate exceeded"}
    if fate != "throttled":
        items = len(json.loads(request.body)["TransactItems"])
        code = "TransactionConflict" if fate == "conflict" else "ConditionalCheckFailed"
        reasons = [{"Code": "None"}] * (items - 1) + [{"Code": code, "Message": "injected"}]
        kind = "com.amazonaws.dynamodb.v20120810#TransactionCanceledException"
        body = {"__type": kind, "Message": "Transaction cancelled", "CancellationReasons": reasons}
    headers = {"content-type": "application/x-amz-json-1.0", "x-amzn-requestid": "injected"}
    return AWSResponse(request.url, 400, headers, _Raw(json.dumps(body).encode()))


class _Raw(io.BytesIO):
    """A body as botocore reads it."""

    def stream(self, **_: Any) -> Iterator[bytes]:
        yield self.read()


def _text(headers: Any, name: str) -> str:
    value = headers.get(name, "")
    return value.decode() if isinstance(value, bytes) else str(value)
