"""`accolade gaps`: what holds people up, by team and role, and the preset that addresses it with its cost on this history."""

import tempfile
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from accolade import kpis
from accolade.analytics.gaps import Gap, Seen
from accolade.cli import options, screen
from accolade.cli.histories import Deals, Mapping, Records, opened
from accolade.cli.session import AsJson, now
from accolade.cli.simulating import sources
from accolade.flows.gaps import Cost, cost, find
from accolade.flows.history import History
from accolade.flows.simulation.exports import Exports


def gaps(
    deals: Deals = None,
    records: Records = None,
    mapping: Mapping = None,
    costs: Annotated[bool, typer.Option("--costs/--no-costs", help="Replay the history through each preset.")] = True,
    as_json: AsJson = False,
) -> None:
    """What holds people up: stuck stages, slow replies, missing fields, and the preset for each; needs no stack."""
    history = opened(deals, records or [], mapping)
    found = find(history, looked=lambda name: None if as_json else screen.err().print(f"Looking for {name}"))
    tried: dict[str, Cost] = {}
    if costs and found and mapping is not None:
        source = Exports(sources(deals, records or []), options.yaml_document(mapping), mapping.name)
        for name in dict.fromkeys(it.probe.preset for it in found):
            with tempfile.TemporaryDirectory(prefix="accolade-") as folder:
                tried[name] = cost(name, source, currency=_currency(history), folder=Path(folder), now=now())
    if as_json:
        screen.show_json([_plain(it, tried.get(it.probe.preset)) for it in found])
        return
    for gap in found:
        _tell(gap, tried.get(gap.probe.preset))
    screen.say(_last(found, history))


def _tell(gap: Gap, tried: Cost | None) -> None:
    probe = gap.probe
    line = f"{'at least' if probe.higher else 'at most'} {_worded(probe.line, gap)}"
    whole = f": {_worded(gap.overall.value, gap)} over {gap.overall.sample:,} records" if gap.overall else ""
    screen.say(f"{probe.name.capitalize()}{whole} ({probe.says}; should be {line})")
    for seen in (*gap.details, *gap.groups):
        screen.say(f"  {seen.by} {seen.subject}: {_worded(seen.value, gap)} over {seen.sample:,}")
    screen.say(f"  preset: {probe.preset}{_cost(tried)}")


def _cost(tried: Cost | None) -> str:
    if tried is None:
        return ""
    paid = f"{tried.points:,} points ({tried.money}) to {tried.winners} of {tried.people} people"
    return f"; on this history, as it stands and for everybody: {paid}"


def _last(found: list[Gap], history: History) -> str:
    looked = ", ".join(history.types)
    if not found:
        return f"No gaps in {looked}. Other record types may tell more: --records ticket=FILE.csv"
    return f"{len(found)} gaps in {looked}. Begin with one: accolade preset use {found[0].probe.preset}"


def _worded(value: Fraction, gap: Gap) -> str:
    unit = kpis.kpi(gap.probe.kpi, gap.probe.options).unit
    if unit == "ratio":
        return f"{float(value):.1%}"
    if unit == "seconds":
        hours = float(value) / 3600
        return f"{hours / 24:.1f} days" if hours >= 48 else f"{hours:.1f} hours"
    return f"{float(value):,.1f} {unit}"


def _plain(gap: Gap, tried: Cost | None) -> dict[str, Any]:
    def figure(seen: Seen) -> dict[str, Any]:
        return {"by": seen.by, "subject": seen.subject, "value": round(float(seen.value), 6), "records": seen.sample}

    return {
        "gap": gap.probe.name,
        "kpi": gap.probe.kpi,
        "line": round(float(gap.probe.line), 6),
        "overall": figure(gap.overall) if gap.overall else None,
        "groups": [figure(it) for it in gap.groups],
        "details": [figure(it) for it in gap.details],
        "preset": gap.probe.preset,
        "cost": {"points": tried.points, "money": tried.money, "awards": tried.awards} if tried else None,
    }


def _currency(history: History) -> str:
    part = history.part("deal" if "deal" in history.types else history.types[0])
    return part.map.currency or "USD"
