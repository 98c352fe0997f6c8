"""Drafting: one milestone while it is built, and the pieces that several kinds are made of, by topic."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from accolade.model.phrases import Phrase
from accolade.model.phrases import later as t
from accolade.programs import conditions, operands
from accolade.programs.catalogue import Catalogue
from accolade.programs.compiling import compiled
from accolade.programs.condition_tree import Condition, both, fields, tests
from accolade.programs.operands import Unreadable
from accolade.programs.problems import Findings, Path, shown
from accolade.programs.rules import CREDITS, Judge, Milestone, Predicate
from accolade.programs.terms import Points

MOST_POINTS = 10**9
MOST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class Head:
    """What all milestones of a program share; `audience` is the parsed tree, None for everybody."""

    program: str
    version: int
    zone: str
    fiscal_start: int
    currency: str
    audience: Condition | None
    catalogue: Catalogue


@dataclass(frozen=True, slots=True)
class Draft:
    """A milestone of a document: what the author wrote (`raw`, any shape), where, and the program around it."""

    raw: Mapping[str, Any]
    path: Path
    head: Head
    findings: Findings

    def wrong(self, key: str, what: str, mend: str = "") -> None:
        """Note a problem with one of the milestone's keys."""
        self.findings.add((*self.path, key) if key else self.path, what, mend)

    def at(self, raw: object, *steps: str | int) -> "Draft":
        """A part of the milestone, as a draft of its own; what is no mapping has no keys."""
        return Draft(raw if isinstance(raw, Mapping) else {}, (*self.path, *steps), self.head, self.findings)

    def title(self) -> dict[str, str]:
        """Locale -> title; a title without a locale is English."""
        return titles(self.raw.get("title"))

    def credit(self) -> str:
        """Whom a record counts for."""
        credit = self.raw.get("credit", CREDITS[0])
        return credit if credit in CREDITS else CREDITS[0]

    def milestone(self, kind: str, record: str, points: Points, judge: Judge | None = None) -> Milestone:
        """The milestone with what every kind has."""
        return Milestone(
            program=self.head.program,
            version=self.head.version,
            id=str(self.raw.get("id")),
            title=self.title(),
            kind=kind,
            record=record,
            points=points,
            credit=self.credit(),
            judge=judge,
        )

    def record(self, default: str = "deal") -> str | None:
        """The canonical record type of `record`."""
        record, records = self.raw.get("record", default), self.head.catalogue.records
        if record in records:
            return str(record)
        mend = self.findings.meant(record, records, t("There are %(names)s", names=", ".join(records)))
        self.wrong("record", t("%(record)s is not a type of record", record=shown(record)), mend)
        return None

    def choice(self, key: str, options: Collection[str], default: str, *, noun: str = "") -> str:
        """One of the options, `default` if the key is absent or wrong."""
        raw = self.raw.get(key)
        if raw is None or (isinstance(raw, str) and raw in options):
            return str(raw or default)
        mend = self.findings.meant(raw, options, t("Use %(names)s", names=either(options)))
        self.wrong(key, t("%(raw)s is not %(noun)s", raw=shown(raw), noun=noun or t("a way of %(key)s", key=key)), mend)
        return default

    def flag(self, key: str, *, default: bool = False) -> bool:
        """True or false."""
        raw = self.raw.get(key)
        if raw is None or isinstance(raw, bool):
            return default if raw is None else raw
        self.wrong(
            key, t("%(key)s is true or false; %(raw)s is neither", key=key, raw=shown(raw)), t("Write %(key)s: true", key=key)
        )
        return default

    def whole(self, key: str, *, least: int = 1, most: int = MOST_POINTS, example: int = 500) -> int | None:
        """A whole number; None if the key is absent or wrong."""
        try:
            return None if self.raw.get(key) is None else whole(self.raw[key], key, least=least, most=most, example=example)
        except Unreadable as error:
            self.wrong(key, error.what, error.mend)
            return None

    def days(self, key: str, *, least: int = 1, example: str = "30 days") -> int | None:
        """A length of time in whole days (`30 days`, `4 weeks`); None if the key is absent or wrong."""
        raw = self.raw.get(key)
        if raw is None:
            return None
        minutes = operands.minutes(raw)
        if minutes is None or minutes % 1440 or not least <= minutes // 1440 <= MOST_DAYS:
            self.wrong(
                key,
                t("%(raw)s is not a number of days from %(least)s to %(most)s", raw=shown(raw), least=least, most=MOST_DAYS),
                t("Write it like %(example)s", example=example),
            )
            return None
        return minutes // 1440

    def listed(self, key: str, *, most: int, example: str) -> list[object]:
        """A list of 1 to `most` things; empty if the key is absent or wrong."""
        raw = self.raw.get(key)
        if raw is None:
            return []
        if isinstance(raw, list) and 1 <= len(raw) <= most:
            return raw
        what = (
            t("%(key)s needs a list of 1 to %(most)s", key=key, most=most)
            if isinstance(raw, list)
            else t("%(key)s is a list; %(raw)s is not", key=key, raw=shown(raw))
        )
        self.wrong(key, what, t("Write it like %(example)s", example=example))
        return []

    def known(self, keys: Collection[str], *, of: str, example: str) -> bool:
        """Whether the part is a mapping with only these keys."""
        for key in self.raw:
            if key not in keys:
                mend = self.findings.meant(key, keys, example)
                self.wrong(shown(key), t("%(key)s is not part of %(of)s", key=shown(key), of=of), mend)
                return False
        if not self.raw:
            self.wrong("", t("%(of)s is not written like that", of=of), example)
        return bool(self.raw)


def either(options: Collection[str]) -> Phrase | str:
    """`a, b or c`"""
    *first, last = options
    return t("%(names)s or %(last)s", names=", ".join(first), last=last) if first else last


def titles(raw: object) -> dict[str, str]:
    """Locale -> text; a text without a locale is English."""
    return {str(locale): str(text) for locale, text in raw.items()} if isinstance(raw, Mapping) else {"en": str(raw)}


def whole(raw: object, name: str, *, least: int, most: int = MOST_POINTS, example: int = 500) -> int:
    """A whole number within bounds; Unreadable otherwise."""
    if isinstance(raw, bool) or not isinstance(raw, int | Decimal) or raw != int(raw) or not least <= raw <= most:
        raise Unreadable(
            t(
                "%(name)s %(raw)s is not a whole number from %(least)s to %(most)s",
                name=name,
                raw=shown(raw),
                least=least,
                most=most,
            ),
            t("Write it like %(example)s", example=f"{name}: {example}"),
        )
    return int(raw)


def own_condition(draft: Draft, key: str, record: str | None) -> Condition | None:
    """The condition under a key by itself (`record` None: it may only ask about people); None if it is absent or wrong."""
    raw, head = draft.raw.get(key), draft.head
    if raw is None:
        return None
    asked = conditions.Asked(head.catalogue, record, head.currency, head.zone, draft.findings)
    return conditions.parse(raw, asked, (*draft.path, key))


def condition(draft: Draft, key: str, record: str) -> Condition | None:
    """The condition under a key, joined with the audience; None if neither is there (or one of them is wrong)."""
    return both(draft.head.audience, own_condition(draft, key, record))


def predicate(tree: Condition | None) -> Predicate | None:
    """The condition compiled; None for none."""
    return compiled(tree) if tree else None


def reads_money(tree: Condition | None) -> bool:
    """Whether the condition compares amounts, which only means something in the program's currency."""
    return tree is not None and any(test.currency and test.operator != "is_set" for test in tests(tree))


def reads_participant(tree: Condition | None) -> bool:
    """Whether the condition asks about the person."""
    return tree is not None and any(name.startswith("participant.") for name in fields(tree))


LATE = timedelta(days=3)
"""How long after its end a period waits for what comes late, unless the milestone says otherwise."""
