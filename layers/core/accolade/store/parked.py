"""What waits for a person: notifications and cases that cannot be decided now, and why."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from accolade.model.errors import Conflict, Missing
from accolade.model.kept_phrases import parts, phrases
from accolade.model.phrases import later as t
from accolade.model.phrases import shortened
from accolade.model.times import iso, parse_instant
from accolade.store import keys
from accolade.store.database import Database, Item

MAX_CONTENT_BYTES = 300_000
"""More than this is not kept with the case (an item has 400 KB); the CRM's sweep brings the record again."""

_LIMITS = {"reason": 500, "mend": 500, "where": 300}
"""Characters kept of what people read; the parts of those that are phrases lie beside them."""

_NOTHING = "-"
"""How an empty text is stored: an update leaves empty values out."""


@dataclass(frozen=True, slots=True)
class Case:
    """One parked thing. `content`: the notifications as they came (None if too large); `crm`, `origin` as in `Notifications`.

    `reason`, `where` and `mend` are phrases again if they were when it was parked. `state`: `waiting`, `retried` or `dismissed`;
    `times`: how often it was parked under this id.
    """

    id: str
    tenant: str
    connection: str
    crm: str
    origin: str
    reason: str
    where: str
    mend: str
    at: datetime
    content: tuple[Mapping[str, Any], ...] | None
    state: str = "waiting"
    times: int = 1


class Parked:
    """Reads and writes parked cases. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def park(
        self,
        tenant: str,
        *,
        id_: str,
        connection: str,
        crm: str,
        reason: str,
        content: Sequence[Mapping[str, Any]],
        now: datetime,
        origin: str = "message",
        where: str = "",
        mend: str = "",
    ) -> None:
        """Park under an id made from the cause: the same id again is the same case (and waits again if it was resolved).

        `now` is when it was first seen; `content` the vendor's notifications; texts must hold no secret.
        """
        texts = {"connection": connection, "crm": crm, "origin": origin, "reason": reason, "where": where, "mend": mend}
        self._put(tenant, id_, texts, content, now)

    def park_once(
        self, tenant: str, *, id_: str, crm: str, reason: str, content: Sequence[Mapping[str, Any]], now: datetime, **texts: str
    ) -> bool:
        """The same for what is found anew each time it is looked for (`origin`, `where`, `mend` in `texts`): a case that is
        there stays as it is, resolved or not. Whether there was none."""
        told = {"connection": "", "crm": crm, "origin": "", "reason": reason, "where": "", "mend": ""} | texts
        try:
            self._put(tenant, id_, told, content, now, condition="attribute_not_exists(#pk)")
        except Conflict:
            return False
        return True

    def _put(
        self,
        tenant: str,
        id_: str,
        texts: Mapping[str, str],
        content: Sequence[Mapping[str, Any]],
        now: datetime,
        *,
        condition: str = "",
    ) -> None:
        at = self._first_seen(tenant, id_, now)
        text = json.dumps(list(content), separators=(",", ":"), ensure_ascii=False, default=str)
        cut = {name: shortened(value, _LIMITS.get(name, len(value))) for name, value in texts.items()}
        kept = text if len(text.encode()) <= MAX_CONTENT_BYTES else "null"
        said = json.dumps(parts(cut[name] for name in _LIMITS), separators=(",", ":"), ensure_ascii=False)
        values = {"tenant": tenant, "id": id_} | cut | {"said": said, "content": kept, "state": "waiting"}
        names = {f"#{name}": name for name in values}
        assignments = ", ".join(f"#{name} = :{name}" for name in values)
        self._db.update(
            self._db.state,
            (keys.parked(tenant), f"{at}#{id_}"),
            f"SET {assignments} ADD #times :one",
            names=names | {"#times": "times"} | ({"#pk": "pk"} if condition else {}),
            values={f":{name}": value or _NOTHING for name, value in values.items()} | {":one": 1},
            condition=condition,
        )

    def list(self, tenant: str, *, every: bool = False) -> Iterator[Case]:
        """Cases by age, oldest first; `every`: resolved ones too."""
        for item in self._db.query(self._db.state, keys.parked(tenant)):
            case = _case(item)
            if every or case.state == "waiting":
                yield case

    def waiting(self, tenant: str, *, limit: int) -> int:
        """How many cases wait for a person, among the oldest `limit`."""
        found = self._db.query(self._db.state, keys.parked(tenant), limit=limit)
        return sum(1 for item in found if item["state"] == "waiting")

    def newest(self, tenant: str, *, before: str = "", limit: int) -> Iterator[tuple[str, Case]]:
        """At most `limit` cases of any state with their places, newest first; `before`: older than that place."""
        rows = self._db.query(self._db.state, keys.parked(tenant), upto=before, newest_first=True, limit=limit + 1)
        found = ((item["sk"], _case(item)) for item in rows if item["sk"] != before)
        return islice(found, limit)

    def get(self, tenant: str, id_: str) -> Case:
        """The case of an id; Missing if there is none."""
        item = self._db.get(self._db.state, self._key(tenant, id_))
        if item is None:
            raise Missing(t("nothing is parked under %(id)r", id=id_), mend="accolade parked list shows what is")
        return _case(item)

    def resolve(self, tenant: str, id_: str, *, state: str = "retried") -> None:
        """Mark a case as done: `retried` or `dismissed`. It stays readable."""
        key = self._key(tenant, id_)
        self._db.update(
            self._db.state,
            key,
            "SET #state = :state",
            names={"#state": "state", "#pk": "pk"},
            values={":state": state},
            condition="attribute_exists(#pk)",
        )

    def _first_seen(self, tenant: str, id_: str, now: datetime) -> str:
        """The time under which the case lies: that of the first time it was parked."""
        item = {"pk": keys.parked_id(tenant, id_), "sk": "PARKED", "at": iso(now)}
        try:
            self._db.put(self._db.state, item, new=True)
        except Conflict:
            return self._key(tenant, id_)[1].split("#", 1)[0]
        return item["at"]

    def _key(self, tenant: str, id_: str) -> tuple[str, str]:
        pointer = self._db.get(self._db.state, (keys.parked_id(tenant, id_), "PARKED"))
        if pointer is None:
            raise Missing(t("nothing is parked under %(id)r", id=id_), mend="accolade parked list shows what is")
        return keys.parked(tenant), f"{pointer['at']}#{id_}"


def _case(item: Item) -> Case:
    content, known = json.loads(item["content"]), phrases(json.loads(item.get("said", "[]")))
    texts = ("id", "tenant", "connection", "crm", "origin", "reason", "where", "mend", "state")
    return Case(
        **{name: "" if item[name] == _NOTHING else known.get(item[name], item[name]) for name in texts},
        at=parse_instant(item["sk"].split("#", 1)[0]),
        content=None if content is None else tuple(content),
        times=item.get("times", 1),
    )
