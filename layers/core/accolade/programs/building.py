"""Building: a document becomes a program, and everything in it that makes no sense is noted."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from accolade.model.phrases import later as t
from accolade.programs import conditions, kinds, operands, rollout, signals
from accolade.programs.catalogue import Catalogue
from accolade.programs.compiling import compiled
from accolade.programs.condition_tree import Condition, both, fields
from accolade.programs.drafting import Draft, Head, titles
from accolade.programs.drafting.expiring import expires
from accolade.programs.drafting.finishing import KEYS
from accolade.programs.drafting.limits import caps
from accolade.programs.problems import Findings, shown
from accolade.programs.rules import Milestone, Program


def build(raw: Mapping[str, Any], *, version: int, catalogue: Catalogue, findings: Findings) -> Program | None:
    """The compiled program of a document (its shape checked or not); None if `findings` has anything to say."""
    amount, currency = _point_value(raw, findings)
    head = Head(
        program=str(raw.get("id")),
        version=version,
        zone=str(raw.get("time_zone", "UTC")),
        fiscal_start=raw.get("fiscal_year_start", 1),
        currency=currency,
        audience=_audience(raw, currency, catalogue, findings),
        catalogue=catalogue,
    )
    draft = Draft(raw, (), head, findings)
    percent, teams = rollout.read(draft)
    head = replace(head, audience=both(head.audience, rollout.condition(head.program, percent, teams, zone=head.zone)))
    milestones = _milestones(raw, head, findings)
    bounds, lasts = caps(draft), expires(draft)
    if findings:
        return None
    built = _program(raw, head, Fraction(amount), tuple(milestones))
    return replace(built, caps=bounds, expires=lasts, rollout_percent=percent, rollout_teams=teams)


def _program(raw: Mapping[str, Any], head: Head, value: Fraction, milestones: tuple[Milestone, ...]) -> Program:
    effective = raw["effective"]
    return Program(
        id=head.program,
        version=head.version,
        title=titles(raw["title"]),
        effective_from=date.fromisoformat(effective["from"]),
        effective_to=date.fromisoformat(effective["to"]) if effective.get("to") else None,
        zone=head.zone,
        fiscal_start=head.fiscal_start,
        currency=head.currency,
        unit=raw.get("unit", "points"),
        point_value=value,
        budget=raw["budget"]["points"] if raw.get("budget") else None,
        silent_after=timedelta(minutes=operands.minutes(raw.get("silent_after", "72h")) or 0),
        debt_limit=raw.get("debt_limit", 1000),
        audience=compiled(head.audience) if head.audience else None,
        audience_tree=head.audience,
        milestones=milestones,
        document=raw,
        fields=_own_fields(head.catalogue, milestones),
    )


def _own_fields(catalogue: Catalogue, milestones: tuple[Milestone, ...]) -> dict[str, dict[str, str]]:
    """The types of the org's own fields that the program asks for: a mapping may grow without changing a program."""
    asked = {name for it in milestones for name in asked_fields(it)}
    found: dict[str, dict[str, str]] = {}
    for record, own in catalogue.own.items():
        for name, type_ in own.items():
            if f"{record}.{name}" in asked:
                found.setdefault(record, {})[name] = type_.value
    return found


def asked_fields(milestone: Milestone) -> Iterator[str]:
    """Every field that a milestone reads."""
    trees = [milestone.tree, milestone.hold.tree if milestone.hold else None, *(it.tree for it in milestone.multipliers)]
    for use in milestone.uses:
        trees.append(use.tree)
        yield from use.kpi.reads
    for tree in trees:
        yield from fields(tree) if tree else ()
    yield from signals.asked_fields(milestone.guards)
    yield from (milestone.points.per or "", milestone.dated_by, *(it.to for it in milestone.splits))


def _point_value(raw: Mapping[str, Any], findings: Findings) -> tuple[str, str]:
    """A point's worth and the program's currency, each as well as it can be known."""
    written = raw.get("point_value")
    amount, _, value_currency = written.partition(" ") if isinstance(written, str) and len(written) <= 40 else ("", "", "")
    stated = raw.get("currency", value_currency)
    currency = stated if isinstance(stated, str) and len(stated) == 3 and stated.isascii() and stated.isupper() else "USD"
    try:
        if operands.number(amount, "point_value") > 0 and len(value_currency) == 3:
            if value_currency != currency:
                findings.add(
                    ("point_value",),
                    t("a point is worth %(worth)s, the program counts in %(currency)s", worth=value_currency, currency=currency),
                    t("Use one"),
                )
            return amount, currency
    except operands.Unreadable:
        pass  # said below, with an example
    if written is not None:
        findings.add(
            ("point_value",),
            t("%(written)s is not what a point is worth", written=shown(written)),
            t("Write it like 0.01 %(currency)s", currency=currency),
        )
    return "0", currency


def _audience(raw: Mapping[str, Any], currency: str, catalogue: Catalogue, findings: Findings) -> Condition | None:
    if raw.get("audience") in (None, "everyone"):
        return None
    asked = conditions.Asked(catalogue, None, currency, str(raw.get("time_zone", "UTC")), findings)
    return conditions.parse(raw["audience"], asked, ("audience",))


def _milestones(raw: Mapping[str, Any], head: Head, findings: Findings) -> list[Milestone]:
    written = raw.get("milestones")
    seen: set[str] = set()
    built = []
    for i, one in enumerate(written if isinstance(written, list) else ()):
        if findings.full:
            break
        draft = Draft(one if isinstance(one, Mapping) else {}, ("milestones", i), head, findings)
        id_ = draft.raw.get("id")
        if isinstance(id_, str) and id_ in seen:
            draft.wrong("id", t("another milestone is called %(id)s already", id=shown(id_)), t("Give each its own id"))
        seen.add(str(id_))
        built.append(_milestone(draft))
    return [milestone for milestone in built if milestone]


def _milestone(draft: Draft) -> Milestone | None:
    name = draft.raw.get("kind")
    if name not in kinds.names():
        if name is not None:
            mend = draft.findings.meant(name, kinds.names(), t("There are %(names)s", names=", ".join(kinds.names())))
            draft.wrong("kind", t("%(name)s is not a kind of milestone", name=shown(name)), mend)
        return None
    kind = kinds.kind(str(name))
    taken = (*KEYS, *kind.required, *kind.optional)
    for key in draft.raw:
        if key not in taken and any(key in (*other.required, *other.optional) for other in map(kinds.kind, kinds.names())):
            listed = ", ".join((*kind.required, *kind.optional))
            draft.wrong(
                key,
                t("%(key)s is not for milestones of kind %(name)s", key=key, name=name),
                t("They take %(names)s", names=listed),
            )
    for key in kind.required:
        if draft.raw.get(key) is None:
            draft.findings.add(
                (*draft.path, key),
                t(
                    "%(key)s is missing: a milestone of kind %(name)s needs %(required)s",
                    key=key,
                    name=name,
                    required=", ".join(kind.required),
                ),
            )
    return kind.build(draft)
