"""Takes the WhatsApp messages that the local cloud cannot: AWS End User Messaging Social, as far as we use it.

    python infra/local/capture.py --port 5566

Functions reach it through botocore's own AWS_ENDPOINT_URL_SOCIALMESSAGING, so their code is the code that runs on AWS.
GET /messages shows what came (raw, and the message as Meta would get it), DELETE /messages forgets it.
POST /faults {"kind": "lost-before" | "lost-after" | "failed" | "rejected", "times": 1, "seconds": 0} makes the next calls
fail: no answer after `seconds`, before or after the message was taken; HTTP 500; HTTP 400.
"""

import argparse
import base64
import json
import threading
import time
import uuid
from typing import Any

from serving import Line, Served

SEND = "/v1/whatsapp/send"
KINDS = ("lost-before", "lost-after", "failed", "rejected")
MAX_BODY = 4 * 1024 * 1024


class Captured:
    """What came, and what shall go wrong next. Safe for several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._messages: list[dict[str, Any]] = []
        self._faults: list[tuple[str, float]] = []

    def take(self, request: dict[str, Any]) -> str:
        """Keep a request; gives the vendor's message id."""
        message_id = str(uuid.uuid4())
        decoded = json.loads(base64.b64decode(request["message"]))
        with self._lock:
            self._messages.append({"messageId": message_id, "request": request, "message": decoded})
        return message_id

    def messages(self) -> list[dict[str, Any]]:
        """Everything taken so far, oldest first."""
        with self._lock:
            return [*self._messages]

    def forget(self) -> None:
        """Start again, without faults."""
        with self._lock:
            self._messages.clear()
            self._faults.clear()

    def fail_next(self, kind: str, *, times: int, seconds: float) -> None:
        """The next `times` sends meet this fault."""
        with self._lock:
            self._faults += [(kind, seconds)] * times

    def next_fault(self) -> tuple[str, float]:
        """The fault that this send meets; empty for none."""
        with self._lock:
            return self._faults.pop(0) if self._faults else ("", 0.0)


class Handler(Line):
    """The HTTP side; `captured` is set by `Capture`."""

    captured: Captured

    def asked(self) -> None:
        """What came (GET), forget it (DELETE), or something new (POST)."""
        if self.command == "POST":
            self._post()
        elif self.command == "DELETE":
            self.captured.forget()
            self._answer(200, {})
        elif self.path == "/messages":
            self._answer(200, {"messages": self.captured.messages()})
        else:
            self._answer(404, {"message": "GET /messages"})

    def _post(self) -> None:
        """A message, or a fault for the next ones."""
        length = int(self.headers.get("Content-Length") or 0)
        if length > MAX_BODY:
            self.close_connection = True
            self._answer(413, {"message": "too large"})
            return
        try:
            body = json.loads(self.rfile.read(length) or b"{}")
            if self.path == SEND:
                self._send(body)
            elif self.path == "/faults" and body.get("kind") in KINDS:
                self.captured.fail_next(body["kind"], times=int(body.get("times", 1)), seconds=float(body.get("seconds", 0)))
                self._answer(200, {})
            else:
                self._answer(404, {"message": f"POST {SEND} or /faults with one of {', '.join(KINDS)}"})
        except (ValueError, KeyError, TypeError) as error:
            self._answer(400, {"message": f"not a request: {error!r}"}, error="ValidationException")

    def _send(self, body: dict[str, Any]) -> None:
        kind, seconds = self.captured.next_fault()
        if kind == "failed":
            self._answer(500, {"message": "the stand-in was told to fail"}, error="InternalServiceException")
        elif kind == "rejected":
            self._answer(400, {"message": "the stand-in was told to reject"}, error="InvalidParametersException")
        elif kind:
            if kind == "lost-after":
                self.captured.take(body)
            time.sleep(seconds)
            self.close_connection = True
        else:
            self._answer(200, {"messageId": self.captured.take(body)})

    def _answer(self, status: int, content: dict[str, Any], *, error: str = "") -> None:
        self.reply_json(status, content, {"x-amzn-ErrorType": error} if error else None)


class Capture(Served):
    """A server on 127.0.0.1 (port 0: a free one), not yet running."""

    def __init__(self, port: int = 0) -> None:
        self.listen(type("Bound", (Handler,), {"captured": Captured()}), port=port)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--port", type=int, required=True)
    Capture(parser.parse_args().port).serve()
