"""The webhooks of the stand-in Tremendous: one address, every event, signed; no state in it."""

import hmac
import json
import threading
import urllib.request
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from typing import Any

SIGNATURE = "Tremendous-Webhook-Signature"
_SECONDS = 5


class Webhooks:
    """Tells the address that was given last; `told` lists (body, signature) of all events."""

    def __init__(self) -> None:
        self.told: list[tuple[bytes, str]] = []
        self.key = ""
        self._url = ""
        self._numbers = count(1)

    def subscribe(self, url: str) -> dict[str, str]:
        """Take an address; gives the webhook with its private key."""
        self._url, self.key = url, f"TEST_key_{next(self._numbers)}"
        return {"id": "WEBHOOK1", "url": url, "private_key": self.key}

    def tell(self, event: str, kind: str, resource: str) -> None:
        """Tell of an event, in the background and once."""
        payload = {"resource": {"id": resource, "type": kind}, "meta": {}}
        at = datetime.now(UTC).isoformat()
        said: dict[str, Any] = {"event": event, "uuid": f"event-{next(self._numbers)}", "created_utc": at, "payload": payload}
        body = json.dumps(said).encode()
        signature = f"sha256={hmac.new(self.key.encode(), body, sha256).hexdigest()}"
        self.told.append((body, signature))
        if self._url:
            threading.Thread(target=self._post, args=(body, signature), daemon=True).start()

    def _post(self, body: bytes, signature: str) -> None:
        headers = {"Content-Type": "application/json", SIGNATURE: signature}
        request = urllib.request.Request(self._url, data=body, headers=headers, method="POST")
        try:
            with urllib.request.urlopen(request, timeout=_SECONDS):
                return
        except OSError as error:
            print(f"webhook: {type(error).__name__}", flush=True)
