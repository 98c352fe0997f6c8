"""Subjects: for whom or what a row counts, and who is listed although nothing counts for them."""

from collections.abc import Iterable

from accolade.flows.history import History, Row
from accolade.kpis import Kpi
from accolade.model.errors import Rejected
from accolade.programs.catalogue import Catalogue

PEOPLE = ("team", "region", "manager", "role", "country")
BY = ("participant", *PEOPLE, "account", "record", "none")
"""What a KPI may be taken by; beside these by a field of its records, and by what its moments are about."""

EVERYBODY = "ALL"


class Subjects:
    """The subjects of one question. Rejected where nothing can be told apart that way."""

    def __init__(self, history: History, by: str, kpi: Kpi) -> None:
        self._history, self._by = history, by
        self.by_about = by == kpi.about and by not in BY
        self._names: dict[str, str] = {}
        if not self.by_about and by not in BY:
            known = Catalogue().fields(kpi.record)
            if by not in known:
                about = [kpi.about] if kpi.about and kpi.about not in BY else []
                mend = f"Use one of {', '.join([*BY, *about])}, or a field such as {kpi.record}.owner"
                raise Rejected(f"{by[:60]!r} is nothing that {kpi.name} can be taken by", where="--by", mend=mend)

    def of(self, row: Row) -> str | None:
        """Whom a row counts for; None for nobody."""
        by, values = self._by, row.values
        if by == "none" or self.by_about:
            return EVERYBODY
        if by == "participant":
            return self._name(row.owner) if row.owner else None
        if by == "record":
            return row.id
        if by == "account":
            found = values.get(f"{row.type}.account") or values.get(f"{row.type}.account_name")
            return row.id if row.type == "account" else None if found is None else str(found)
        found = values.get(f"participant.{by}" if by in PEOPLE else by)
        return None if found is None else str(found)

    def expected(self, counted: Iterable[str]) -> list[str]:
        """Everyone there is a line for, by name: those who count, those whom a file lists, and owners of any record."""
        listed: Iterable[str] = ()
        if self._by == "none" and not self.by_about:
            listed = (EVERYBODY,)
        elif self._by == "participant":
            listed = [*self._names.values(), *(person.name for person in self._history.listed())]
        elif self._by in PEOPLE:
            listed = [str(it) for person in self._history.listed() if (it := getattr(person, self._by))]
        elif self._by == "account" and "account" in self._history.types:
            listed = self._history.ids("account")
        return sorted({*counted, *listed})

    def _name(self, owner: str) -> str:
        known = self._names.get(owner)
        if known is None:
            person = self._history.person(owner)
            known = self._names[owner] = person.name if person else owner
        return known
