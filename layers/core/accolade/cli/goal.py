"""`accolade goal`: where p50, p75 and p90 of an audience lie, before a target is set."""

from difflib import get_close_matches
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from accolade import kpis
from accolade.cli import options, screen
from accolade.cli.choices import chosen, unused
from accolade.cli.histories import Deals, Mapping, Records, opened
from accolade.cli.kpi import NAMES, list_kpis, pairs
from accolade.cli.session import DEFAULT_TENANT, AsJson, TenantId, session
from accolade.flows.goals import Goal, goal, goal_of
from accolade.flows.history import History
from accolade.model.errors import Rejected
from accolade.model.money import Money, to_major
from accolade.programs.loading import from_json, load
from accolade.programs.rules import Program

_FILES = (".yaml", ".yml", ".json")
BY, PERIOD = "participant", "quarter"
"""What a KPI is taken by unless another is named."""


def goal_(
    context: typer.Context,
    named: Annotated[
        str, typer.Argument(metavar="NAME", help="A KPI (none: all are listed), FILE.yaml:MILESTONE or PROGRAM/MILESTONE.")
    ] = "",
    deals: Deals = None,
    records: Records = None,
    mapping: Mapping = None,
    by: Annotated[str, typer.Option(help="participant, team, role, ... (of a KPI).")] = BY,
    period: Annotated[str, typer.Option(help=f"{', '.join(NAMES)} (of a KPI).")] = PERIOD,
    min_sample: Annotated[int, typer.Option(min=0, help="Leave out what rests on fewer records (of a KPI).")] = 0,
    option: Annotated[list[str] | None, typer.Option("--option", metavar="NAME=VALUE", help="A choice that the KPI has.")] = None,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """What an audience reached before: p10, p50, p75, p90, and how many reach a milestone's target."""
    if not named:
        unused((("--deals", deals), ("--records", records), ("--option", option)), why="nothing is named")
        list_kpis(as_json=as_json)
        return
    period = chosen(period, NAMES, where="--period", noun="not a period")
    if named not in kpis.names():
        own = (("--by", by != BY), ("--period", period != PERIOD), ("--min-sample", min_sample), ("--option", option))
        unused(own, why="a milestone says itself how it measures")
    history = opened(deals, records or [], mapping)
    if named in kpis.names():
        measured = kpis.kpi(named, pairs(option or [], "--option"))
        found = goal(history, measured, period=period, by=by, min_sample=min_sample)
    else:
        found = _of_milestone(context, named, history, tenant, mapping)
    screen.show(_plain(found), _told(named, found), as_json=as_json)


def _of_milestone(context: typer.Context, named: str, history: History, tenant: str, mapping: Path | None) -> Goal:
    place, colon, milestone = named.rpartition(":") if ":" in named else named.partition("/")
    if not colon:
        near = get_close_matches(named, kpis.names(), n=1)
        meant = f"Did you mean {near[0]}? " if near else ""
        mend = f"{meant}Name a KPI (accolade kpi lists them), FILE.yaml:MILESTONE or PROGRAM/MILESTONE"
        raise Rejected(f"{named[:60]!r} is no KPI", mend=mend)
    program: Program
    if place.endswith(_FILES):
        own = {type_: dict(history.part(type_).map.types) for type_ in history.types}
        program = load(options.content(Path(place)).decode("utf-8-sig", "replace"), file=place, own=own)
    else:
        open_ = session(context)
        program = from_json(open_.programs.get(open_.tenant(tenant), place).text)
    found = program.milestone(milestone)
    if found is None:
        listed = ", ".join(it.id for it in program.milestones)
        raise Rejected(f"{program.id} has no milestone {milestone!r}", mend=f"It has {listed}")
    return goal_of(history, found)


def _told(named: str, found: Goal) -> str:
    each = found.by if found.period == "all" else f"{found.by} and {found.period}"
    over = f"{len(found.values):,} values, one for each {each}"
    lines = [f"{named}: {found.kpi.title}, {over}; {found.kpi.better} is better"]
    meaning = {10: "nine of ten reach it", 50: "half reach it", 75: "a quarter reaches it", 90: "a tenth reaches it"}
    lines += [f"  p{percent}  {worded(value, found):>14}   {meaning[percent]}" for percent, value in found.at.items()]
    if found.target is not None and found.reached is not None:
        lines.append(f"  target {worded(found.target, found)}: reached in {float(found.reached):.0%} of them")
    if found.left_out:
        lines.append(f"  left out: {found.left_out:,} that rest on too few records")
    lines.append("A target between p50 and p75 stretches most people; beyond p90 hardly anybody is paid.")
    return "\n".join(lines)


def _plain(found: Goal) -> dict[str, Any]:
    return {
        "kpi": found.kpi.name,
        "unit": found.kpi.unit,
        "better": found.kpi.better,
        "by": found.by,
        "period": found.period,
        "values": len(found.values),
        **{f"p{percent}": worded(value, found) for percent, value in found.at.items()},
        "target": worded(found.target, found) if found.target is not None else None,
        "reached": round(float(found.reached), 4) if found.reached is not None else None,
        "left_out": found.left_out,
    }


def worded(value: Fraction, found: Goal) -> str:
    """A value as an author writes it: `66.7%`, `5000.00 USD`, `14 days`, `1.5 hours`, `12`."""
    unit = found.kpi.unit
    if unit == "ratio":
        return f"{float(value):.1%}"
    if unit in ("money", "money_per_day"):
        return f"{to_major(Money(int(value), found.currency))} {found.currency}"
    if unit == "days":
        return f"{_short(value)} days"
    if unit == "seconds":
        hours = value / 3600
        return f"{_short(hours / 24)} days" if hours >= 48 else f"{_short(hours)} hours"
    return _short(value)


def _short(value: Fraction) -> str:
    return f"{int(value):,}" if value.denominator == 1 else f"{float(value):,.1f}"
