"""Quotas: what a person, team, region or the company should reach by a KPI in a period; a change is judged at once."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from accolade.model.times import iso
from accolade.store import keys
from accolade.store.closes import quota_mark
from accolade.store.database import Database, delete, in_batches, put_if

_AT_ONCE = 40
"""Quotas in one transaction, each with a mark for `maintain`."""


@dataclass(frozen=True, slots=True)
class Quota:
    """`subject`: a participant's number, `team:West`, `region:EMEA` or `company:`; `kpi` its name, `period` its id. `target`
    in the KPI's unit, money in minor units; None: there is none any more."""

    subject: str
    kpi: str
    period: str
    target: Fraction | None

    @property
    def number(self) -> str:
        """The participant's number; empty for a group."""
        return "" if ":" in self.subject else self.subject


class Quotas:
    """Reads and writes quotas; decisions read them by themselves. Busy or unreachable: Retry."""

    def __init__(self, db: Database) -> None:
        self._db = db

    def list(self, tenant: str, *, period: str = "") -> Iterator[Quota]:
        """All quotas of a tenant, or those of periods that begin with a text."""
        prefix = keys.quota(tenant, "", "", "")[1].split("#")[0]
        for item in self._db.query(self._db.state, keys.tenant(tenant), sk_prefix=f"{prefix}#{period}"):
            _, of, kpi, subject = item["sk"].split("#", 3)
            yield Quota(subject, kpi, of, Fraction(item["target"]))

    def put(self, tenant: str, quotas: Sequence[Quota], *, now: datetime) -> int:
        """Store quotas; how many have changed. What they change is judged again by the next run of `maintain`."""
        places = {keys.quota(tenant, it.subject, it.kpi, it.period): it for it in quotas}
        known = self._db.get_many(self._db.state, places)
        changed = [(key, it) for key, it in places.items() if _target(known.get(key)) != it.target]
        for batch in in_batches(changed, _AT_ONCE):
            marks = {(it.period, it.number) for _, it in batch}
            self._db.transact(
                [
                    *(
                        delete(self._db, key)
                        if it.target is None
                        else put_if(self._db.state, {"pk": key[0], "sk": key[1], "target": str(it.target)})
                        for key, it in batch
                    ),
                    *(quota_mark(self._db, tenant, period, number, iso(now)) for period, number in sorted(marks)),
                ]
            )
        return len(changed)


def _target(item: dict[str, str] | None) -> Fraction | None:
    return Fraction(item["target"]) if item else None
