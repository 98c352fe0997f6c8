"""A stand-in Tremendous: the v2 calls that the adapter makes, in memory, with faults that can be switched on.

Faults of the next orders (`fault`, or POST /__fault {"fault", "times"}): `timeout_before`, `timeout_after`, `500_before`,
`500_after`, `reject`, `late`, `wrong_amount`, `pending`, `funding`, `busy`, `another`
(order's answer), or a status such as `409`. With `unique` the same key is refused a
second time, as other providers do it.
"""

import hmac
import json
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from rewards.webhooks import Webhooks
from serving import Line, Served

FAULTS = (
    *("ok", "timeout_before", "timeout_after", "500_before", "500_after", "reject", "late", "wrong_amount"),
    *("pending", "funding", "busy", "another"),
)
CURRENCY = "USD"
Answer = tuple[int, dict[str, Any]]
_BEFORE: Mapping[str, Answer | None] = {
    "timeout_before": None,
    "500_before": (500, {"errors": {"message": "internal"}}),
    "reject": (422, {"errors": {"message": "the product is not available"}}),
    "another": (200, {"order": {"id": "ORD0000000", "external_id": "another", "status": "EXECUTED", "rewards": []}}),
    "funding": (402, {"errors": {"message": "insufficient funds"}}),
    "busy": (429, {"errors": {"message": "slow down"}}),
}
"""Faults that answer before anything is done; None: no answer at all."""


class StandIn(Served):
    """One account. `calls` lists (method, path) of what was asked; any bearer token will do unless `token` is given.

    `clock` says when an order was created. `hang`: seconds that a time-out takes before the connection is closed.
    `late_after`: seconds after which an order that was accepted late is there (None: when `accept_late` is called).
    """

    def __init__(
        self,
        port: int = 0,
        *,
        token: str | None = None,
        unique: bool = False,
        hang: float = 0.0,
        late_after: float | None = 20.0,
        host: str = "127.0.0.1",
    ) -> None:
        self.calls: list[tuple[str, str]] = []
        self.orders: dict[str, dict[str, Any]] = {}
        self.unique, self.hang, self.late_after = unique, hang, late_after
        self.balance = 1_000_000
        self.webhooks = Webhooks()
        self._token, self._faults = token, list[str]()
        self._lists = list[str]()
        self._late: list[tuple[float, dict[str, Any], str]] = []
        self._lock, self._numbers = threading.RLock(), count(1)
        self.clock: Callable[[], datetime] = lambda: datetime.now(UTC)
        self.listen(_handler(self), port=port, host=host)

    def fault(self, *faults: str) -> None:
        """How the next orders go, one each; `ok` for one that goes well."""
        unknown = {it for it in faults if it not in FAULTS and not (it.isdigit() and len(it) == 3)}
        if unknown:
            raise ValueError(f"no such faults: {sorted(unknown)}")
        with self._lock:
            self._faults += faults

    def fault_lists(self, *faults: str) -> None:
        """How the next lists of orders go, one each: a status such as `500`, or `ok`."""
        self._lists += faults

    def ordered_outside(self, value: float, key: str = "") -> dict[str, Any]:
        """Somebody orders at the vendor's own place, without us."""
        reward = {"value": {"denomination": value, "currency_code": CURRENCY}, "recipient": {"name": "Somebody Else"}}
        with self._lock:
            return self._create({"external_id": key or None, "reward": reward}, "ok")

    def cards(self, key: str) -> int:
        """How many cards there are under our key."""
        return sum(it["external_id"] == key and it["status"] == "EXECUTED" for it in self.orders.values())

    def accept_late(self) -> None:
        """What was to be accepted late is accepted now."""
        with self._lock:
            late, self._late = self._late, []
            for _, body, fault in late:
                if self._known(body["external_id"]) is None:
                    self._create(body, fault)

    def settle(self, key: str, status: str) -> None:
        """Move an order to a status, and tell the webhook."""
        with self._lock:
            order = next(it for it in self.orders.values() if it["external_id"] == key)
            order["status"] = status
            event = {"EXECUTED": "ORDERS.APPROVED", "CANCELED": "ORDERS.CANCELED"}.get(status, "ORDERS.FAILED")
            self.webhooks.tell(event, "orders", order["id"])

    def answer(self, method: str, path: str, token: str, body: dict[str, Any]) -> Answer | None:
        """Status and JSON for one request; None: the connection is closed without an answer."""
        with self._lock:
            if path.startswith("/__"):
                return self._control(path, body)
            self.calls.append((method, path))
            if not token or (self._token is not None and token != f"Bearer {self._token}"):
                return 401, {"errors": {"message": "unauthorized"}}
            now = time.monotonic()
            if any(at <= now for at, _, _ in self._late):
                self.accept_late()
            asked = urlsplit(path)
            query = dict(parse_qsl(asked.query))
            return self._route(method, asked.path.removeprefix("/api/v2").strip("/").split("/"), body, query)

    def _route(self, method: str, path: list[str], body: dict[str, Any], query: Mapping[str, str]) -> Answer | None:
        match method, path:
            case "POST", ["orders"]:
                return self._order(body)
            case "GET", ["orders"]:
                return self._orders(query)
            case "GET", ["orders", name]:
                found = self._known(name)
                return (200, {"order": found}) if found else _missing()
            case "GET", ["rewards", name]:
                found = next((it for it in self.orders.values() if it["rewards"][0]["id"] == name), None)
                return (200, {"reward": found["rewards"][0] | {"order_id": found["id"]}}) if found else _missing()
            case "POST", ["rewards", name, "generate_link"]:
                known = any(it["rewards"][0]["id"] == name for it in self.orders.values())
                return (200, {"reward": {"id": name, "link": self._link(name)}}) if known else _missing()
            case "POST", ["webhooks"]:
                return 200, {"webhook": self.webhooks.subscribe(str(body.get("url")))}
        return self._list(method, path)

    def _list(self, method: str, path: list[str]) -> Answer:
        left = {"available_cents": self.balance, "available_amount": self.balance / 100, "currency_code": CURRENCY}
        card = {"id": "OKMHM2X2OHYV", "name": "Amazon.com", "category": "merchant_card"}
        lists = {
            "funding_sources": [{"id": "FUND0001", "method": "balance", "status": "active", "meta": left}],
            "products": [card | {"currency_codes": ["USD", "EUR"], "countries": [{"abbr": "US"}, {"abbr": "NL"}]}],
            "campaigns": [{"id": "CAMP0001", "name": "Rewards"}],
        }
        name = path[0]
        return (200, {name: lists[name]}) if method == "GET" and len(path) == 1 and name in lists else _missing()

    def _orders(self, query: Mapping[str, str]) -> Answer:
        """Orders of a period, the newest first: `limit` of them (10, and 100 at most) after `offset`."""
        if self._lists and (fault := self._lists.pop(0)) != "ok":
            return int(fault), {"errors": {"message": "as the test says"}}
        first, last = query.get("created_at[gte]", ""), query.get("created_at[lte]", "~")
        found = [it for it in self.orders.values() if first <= it["created_at"] <= last]
        found.sort(key=lambda it: (it["created_at"], it["id"]), reverse=True)
        begin, limit = int(query.get("offset", 0)), min(int(query.get("limit", 10)), 100)
        return 200, {"orders": found[begin : begin + limit], "total_count": len(found)}

    def _order(self, body: dict[str, Any]) -> Answer | None:
        fault = self._faults.pop(0) if self._faults else "ok"
        if fault in _BEFORE:
            return _BEFORE[fault]
        if fault.isdigit():
            return int(fault), {"errors": {"message": "as the test says"}}
        known = self._known(body["external_id"])
        if known is not None:
            return self._again(known, body, fault)
        if fault == "late":
            after = float("inf") if self.late_after is None else self.late_after
            self._late.append((time.monotonic() + after, body, fault))
            return None
        return self._said(200, self._create(body, fault), fault)

    def _again(self, known: dict[str, Any], body: dict[str, Any], fault: str) -> Answer | None:
        if self.unique or known["asked"] != _asked(body):
            return 409, {"errors": {"message": "external_id has been taken"}}
        return self._said(201, known, fault)

    def _said(self, status: int, order: dict[str, Any], fault: str) -> Answer | None:
        if fault == "timeout_after":
            return None
        return (500, {"errors": {"message": "internal"}}) if fault == "500_after" else (status, {"order": order})

    def _create(self, body: dict[str, Any], fault: str) -> dict[str, Any]:
        number = next(self._numbers)
        value = dict(body["reward"]["value"])
        if fault == "wrong_amount":
            value["denomination"] *= 2
        reward = {"id": f"RWD{number:07d}", "value": value, "recipient": body["reward"]["recipient"]}
        reward["delivery"] = {"method": "LINK", "status": "SUCCEEDED", "link": self._link(reward["id"])}
        order = {"id": f"ORD{number:07d}", "external_id": body["external_id"], "rewards": [reward], "asked": _asked(body)}
        order["created_at"] = self.clock().strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z"
        order["status"] = "PENDING APPROVAL" if fault == "pending" else "EXECUTED"
        self.orders[order["id"]] = order
        self.balance -= round(value["denomination"] * 100)
        self.webhooks.tell("ORDERS.CREATED", "orders", order["id"])
        return order

    def _known(self, name: str) -> dict[str, Any] | None:
        return next((it for it in self.orders.values() if name in (it["id"], it["external_id"])), None)

    def _link(self, reward: str) -> str:
        token = hmac.new(b"stand-in", reward.encode(), sha256).hexdigest()[:24]
        return f"https://testflight.tremendous.example/rewards/payout/{token}"

    def _control(self, path: str, body: dict[str, Any]) -> Answer:
        if path == "/__fault":
            self.fault(*[str(body["fault"])] * int(body.get("times", 1)))
        elif path == "/__late":
            self.accept_late()
        elif path == "/__settle":
            self.settle(str(body["key"]), str(body["status"]))
        else:
            return 200, {"orders": list(self.orders.values()), "faults": self._faults}
        return 200, {"faults": self._faults}


def _asked(body: dict[str, Any]) -> str:
    return json.dumps(body, sort_keys=True)


def _missing() -> Answer:
    return 404, {"errors": {"message": "not found"}}


def _handler(stand_in: StandIn) -> type[Line]:
    class Handler(Line):
        def asked(self) -> None:
            body = json.loads(self.body() or b"{}")
            answer = stand_in.answer(self.command, self.path, self.headers.get("authorization") or "", body)
            if answer is None:
                time.sleep(stand_in.hang)
                self.close_connection = True
            else:
                self.reply_json(*answer)

    return Handler
