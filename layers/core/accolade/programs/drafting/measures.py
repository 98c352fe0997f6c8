"""KPIs as an author uses them: which one, with what options, over which records, for whom, and the id that this makes."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from accolade import kpis
from accolade.kpis import Kpi
from accolade.model.errors import Rejected
from accolade.model.fields import FieldType
from accolade.model.phrases import later as t
from accolade.programs.condition_tree import AnyOf, Condition, Test, both, fingerprint, question
from accolade.programs.drafting import Draft, own_condition, predicate, reads_money, reads_participant
from accolade.programs.periods import Calendar
from accolade.programs.problems import listed, shown
from accolade.programs.rules import CREDITS, KpiUse, Milestone

SUBJECTS = ("person", "team", "region", "company")
BY_RECORD = ("record", "behaviour", "manual")
"""The kinds whose awards are of single records, and so have no period that closes."""


def kpi(draft: Draft) -> Kpi | None:
    """The KPI of `kpi` with its `options`; one that rewards no person needs another subject."""
    raw, names = draft.raw.get("kpi"), kpis.names()
    if raw is None:
        draft.wrong(
            "", t("the milestone names no KPI"), t("Write kpi: won_count, or another one. %(names)s", names=listed(names))
        )
        return None
    if not isinstance(raw, str) or raw not in names:
        draft.wrong("kpi", t("%(raw)s is not a KPI", raw=shown(raw)), draft.findings.meant(raw, names, listed(names)))
        return None
    measure = _with_options(draft, raw)
    if measure and not measure.people and draft.raw.get("subject", "person") == "person":
        draft.wrong("kpi", t("%(raw)s rewards teams and companies, not a person", raw=raw), t("Write subject: team, or company"))
        return None
    return measure


def evaluation(kind: object, name: object, subject: object) -> str:
    """When a milestone is evaluated that does not say: at close if only then it can be known, else live."""
    if kind in BY_RECORD:
        return "live"
    if kind in ("rank", "improvement") or subject in SUBJECTS[1:]:
        return "at_close"
    looks_back = isinstance(name, str) and name in kpis.names() and kpis.kpi(name).looks_back
    return "at_close" if looks_back else "live"


def kpi_use(draft: Draft, measure: Kpi, cut: Calendar, *, facts: bool = False, mark: str = "") -> KpiUse:
    """The KPI as this milestone reads it; its id holds everything that makes it another number.

    `facts`: they are needed beside the sums. `mark`: what else tells it apart, for measures that are made of conditions.
    """
    own = _of_its_type(measure, own_condition(draft, "where", measure.record), draft.head.zone)
    tree = both(draft.head.audience, own)
    money = measure.reads_money or reads_money(tree)
    credit, subject = draft.credit(), draft.choice("subject", SUBJECTS, "person", noun=t("whom a milestone rewards"))
    marks = [
        measure.name,
        *(f"{name}={chosen.replace(' ', '+')}" for name, chosen in _chosen(measure)),
        *([mark] if mark else []),
        *([draft.head.currency] if money else []),
        *([credit] if credit != CREDITS[0] else []),
        *([fingerprint(tree)] if tree else []),
        *(["facts"] if facts and not measure.folded else []),
    ]
    return KpiUse(
        id=".".join(marks) + (f"~{subject}" if subject != "person" else ""),
        name=measure.name,
        kpi=measure,
        calendar=cut,
        where=predicate(tree),
        tree=tree,
        credit=credit,
        currency=draft.head.currency if money else None,
        reads_money=money,
        reads_participant=reads_participant(tree) or subject in ("team", "region"),
        folded=facts or measure.folded,
        subject=subject,
    )


def use_of_records(draft: Draft, measure: Kpi, cut: Calendar, *, tree: Condition, mark: str) -> KpiUse:
    """The same, with its facts, for a measure that is made of a condition: what that reads is read too."""
    use, money = kpi_use(draft, measure, cut, facts=True, mark=mark), reads_money(tree)
    return replace(
        use,
        reads_money=use.reads_money or money,
        currency=draft.head.currency if money else use.currency,
        reads_participant=use.reads_participant or reads_participant(tree),
    )


def needs_facts(draft: Draft) -> bool:
    """Whether the order of things decides: what was reached once stays."""
    return draft.raw.get("keep") == "once_reached"


def measured(milestone: Milestone, use: KpiUse) -> dict[str, Any]:
    """The fields of a milestone that come from its KPI."""
    return {
        "kpi": use,
        "calendar": use.calendar,
        "tree": use.tree,
        "reads_money": use.reads_money or milestone.reads_money,
        "reads_participant": use.reads_participant or milestone.reads_participant,
    }


def _with_options(draft: Draft, name: str) -> Kpi | None:
    """The KPI with the options that the author chose, each as text; the port says what is wrong with one."""
    measure, raw = kpis.kpi(name), draft.raw.get("options")
    if raw is None:
        return measure
    part = draft.at(raw, "options")
    example = t("Write it like {%(example)s}", example=", ".join(f"{key}: {it.default}" for key, it in measure.options.items()))
    if not measure.options:
        draft.wrong("options", t("%(name)s has no options", name=name), t("Leave them out"))
        return None
    if not part.known(tuple(measure.options), of=t("the options of %(name)s", name=name), example=example):
        return None
    chosen = {}
    for key, value in part.raw.items():
        if isinstance(value, bool) or not isinstance(value, str | int | Decimal):
            part.wrong(
                key,
                t("%(key)s of %(name)s is %(default)s or another word", key=key, name=name, default=measure.options[key].default),
                example,
            )
            return None
        chosen[key] = str(value)
    try:
        return kpis.kpi(name, chosen)
    except Rejected as error:
        draft.wrong("options", error.what, example)
        return None


def _chosen(measure: Kpi) -> list[tuple[str, str]]:
    """The options that are not as they would be anyway."""
    return [(name, value) for name, value in sorted(measure.chosen.items()) if value != measure.options[name].default]


def _of_its_type(measure: Kpi, own: Condition | None, zone: str) -> Condition | None:
    """`where` is about the type that the KPI reads first; records of other types that it reads beside count without it.

    A record has a currency, its own or its connection's, under its type: that is how its type is told.
    """
    if own is None or len(measure.records) == 1:
        return own
    asked = question(f"{measure.record}.currency", FieldType.CHOICE, "is_set", None, zone)
    return AnyOf((Test(asked, False, "false"), own))


def option_words(measure: Kpi) -> Mapping[str, str]:
    """The options that an author chose, for words."""
    return dict(_chosen(measure))
