"""Gathering: what a KPI says of each row, summed by subject and period, or kept as facts where it needs them in order."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from datetime import date
from operator import attrgetter

from accolade.flows.history import Row
from accolade.flows.measuring.spells import Spell, Spells
from accolade.kpis import Fact, Kpi, Parts, Tally

_REMEMBERED = 50_000
_BY_DAY = attrgetter("on", "record")
_ON = attrgetter("on")


class Gathered:
    """What one KPI was told. `first` and `last`: the days of its moments; `subjects`: who or what they were counted for."""

    def __init__(self, kpi: Kpi, spells: Spells) -> None:
        self.kpi, self.spells = kpi, spells
        self.first: date | None = None
        self.last: date | None = None
        self._sums: dict[str, dict[str, dict[str, int]]] = {}
        self._facts: dict[str, list[Fact]] = {}
        self._parts: dict[tuple[tuple[str, int], ...], Parts] = {}
        self._sorted = False

    @property
    def subjects(self) -> Iterable[str]:
        """Those that have something."""
        return self._facts if self.kpi.folded else self._sums

    def add(self, row: Row, subject: str, *, as_of: date | None, about: bool) -> None:
        """Count a row for a subject (`about`: for what each moment is about)."""
        for moment in self.kpi.moments(row.values):
            on = moment.on
            if as_of is not None and on >= as_of:
                continue
            self.first = on if self.first is None or on < self.first else self.first
            self.last = on if self.last is None or on > self.last else self.last
            whose = moment.about if about else subject
            if self.kpi.folded:
                fact = Fact(on, row.id, self._shared(moment.parts), moment.about)
                self._facts.setdefault(whose, []).append(fact)
                continue
            sums = self._sums.setdefault(whose, {}).setdefault(self.spells.label(on), {})
            for name, amount in moment.parts.items():
                sums[name] = sums.get(name, 0) + amount

    def tallies(self, subjects: Iterable[str], spell: Spell) -> dict[str, Tally]:
        """The tally of each subject in a spell, as production would hand it to the KPI."""
        if self.kpi.folded and not self._sorted:
            for facts in self._facts.values():
                facts.sort(key=_BY_DAY)
            self._sorted = True
        return {subject: self._tally(subject, spell) for subject in subjects}

    def _tally(self, subject: str, spell: Spell) -> Tally:
        if not self.kpi.folded:
            sums = self._sums.get(subject, {}).get(spell.label, {})
            return Tally({name: amount for name, amount in sums.items() if amount}, (), spell.start, spell.end)
        facts = self._facts.get(subject, [])
        end = bisect_left(facts, spell.end, key=_ON)
        start = bisect_left(facts, spell.start, key=_ON)
        sums = dict[str, int]()
        for fact in facts[start:end]:
            for name, amount in fact.parts.items():
                sums[name] = sums.get(name, 0) + amount
        return Tally(_known(sums), facts[0 if self.kpi.looks_back else start : end], spell.start, spell.end)

    def _shared(self, parts: Parts) -> Parts:
        """Equal parts as one object: most records say the same."""
        key = tuple(parts.items())
        known = self._parts.get(key)
        if known is None:
            if len(self._parts) >= _REMEMBERED:
                self._parts.clear()
            known = self._parts[key] = parts
        return known


def _known(sums: Mapping[str, int]) -> dict[str, int]:
    return {name: amount for name, amount in sums.items() if amount}
