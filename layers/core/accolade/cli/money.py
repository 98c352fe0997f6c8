"""`accolade budget`, `wallet`, `leaderboard`: what may be given, what is held, who leads."""

import re
from contextlib import suppress
from fractions import Fraction
from typing import Annotated, Any

import typer
from botocore.exceptions import BotoCoreError, ClientError

from accolade import kpis, wiring
from accolade.cli import screen
from accolade.cli.invoking import invoked
from accolade.cli.session import DEFAULT_TENANT, AsJson, Session, TenantId, now, session
from accolade.flows.budget_shares import BudgetShares
from accolade.flows.expiring import Expiring
from accolade.flows.ledger_check import exported
from accolade.kpis.port import Tally
from accolade.model.errors import AccoladeError, Missing, Rejected
from accolade.model.ledger import Budget, Standing
from accolade.store.audit import Audit
from accolade.store.expiring import ExpiryStore
from accolade.wallet.shares import kind_of, program_of

budget = typer.Typer(help="What a program may give away.")
wallet = typer.Typer(help="What a participant holds.")

Program = Annotated[str, typer.Argument(metavar="PROGRAM", help="The program, as accolade program list names it.")]
SHOWN = 25


@budget.command("show")
def budget_show(
    context: typer.Context,
    program: Annotated[str | None, typer.Argument(metavar="[PROGRAM]", help="Only this one.")] = None,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Limit, spent, left, and how many awards wait; of one program or all, with the shares of each."""
    open_ = session(context)
    own = open_.tenant(tenant)
    found = [open_.budgets.get(own, program)] if program else list(open_.budgets.list(own))
    rows = [_budget_row(open_, entry) for entry in found]
    shares = [_share_row(it) for it in _shares(open_).list(own) if program in (None, program_of(it.program))]
    if program and as_json:
        screen.show_json(rows[0] | ({"shares": shares} if shares else {}))
        return
    columns = ("program", *(("share",) if shares else ()), "limit", "spent", "left", "used_percent", "parked_awards")
    screen.show_list([*rows, *shares], columns, as_json=as_json, empty="No program yet: accolade program publish FILE.yaml")


@budget.command("top-up")
def top_up(
    context: typer.Context,
    program: Program,
    points: Annotated[int, typer.Argument(metavar="POINTS", min=1, max=10**12, help="How many more.")],
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Add points to a program's budget; parked awards resume at once, oldest first."""
    open_ = session(context)
    own = open_.tenant(tenant)
    row = _budget_row(open_, open_.budgets.top_up(own, program, points))
    if row["parked_awards"]:
        _resumed(open_)
        row = _budget_row(open_, open_.budgets.get(own, program))
    waiting = f"; {row['parked_awards']} parked awards still wait" if row["parked_awards"] else ""
    text = f"{program}: {row['spent']:,} of {row['limit']:,} spent, {row['left']:,} left{waiting}"
    screen.show(row, text, as_json=as_json)


@budget.command("share")
def share(
    context: typer.Context,
    points: Annotated[str, typer.Argument(metavar="POINTS", help="At most so many; none lifts the limit.")],
    program: Annotated[str, typer.Option(help="Of this program; without one: what all programs together may give.")] = "",
    team: Annotated[str, typer.Option(help="What people of this team may get of it.")] = "",
    manager: Annotated[str, typer.Option(help="What those may get of it whose manager is called so.")] = "",
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Set what the company, a team, or the people of a manager may get; it counts what is given from then on."""
    if points != "none" and not re.fullmatch("[0-9]{1,12}", points):
        raise Rejected(f"{points[:40]!r} is no number of points", where="POINTS", mend="Write a whole number, or none")
    open_ = session(context)
    own, shares = open_.tenant(tenant), _shares(open_)
    limit = None if points == "none" else int(points)
    name, _ = shares.set(own, limit, program=program, team=team, manager=manager)
    _resumed(open_)
    row = _share_row(shares.get(own, name))
    of = f"{row['program']}, {row['share']}" if row["program"] else str(row["share"])
    said = f"{row['spent']:,} given" if limit is None else f"{row['spent']:,} of {limit:,} given, {row['left']:,} left"
    screen.show(row, f"{of}: {'no limit; ' if limit is None else ''}{said}", as_json=as_json)


@wallet.command("show")
def wallet_show(
    context: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="P", help="Import id, or number.")],
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Balances, what expires when, and entries of one participant."""
    open_ = session(context)
    person = open_.people.by_id(open_.tenant(tenant), id_)
    audit = Audit(open_.db)
    held = audit.wallet(person.tenant, person.number)
    entries = [exported(entry, person.id) for entry in audit.entries(person.tenant, person.number)]
    soon = Expiring(ExpiryStore(open_.db), open_.programs.rulebook).expiring(person.tenant, person.number, now())
    expiring = [{"last_day": day.isoformat(), "points": points} for day, points in soon]
    balances = {name: getattr(held, name) for name in ("available", "pending", "held", "debt")}
    if as_json:
        screen.show_json({"participant": person.id, **balances, "expiring": expiring, "entries": entries})
        return
    screen.say(f"{person.name}: {', '.join(f'{value:,} {name}' for name, value in balances.items())}")
    for it in expiring[:SHOWN]:
        screen.say(f"{it['points']:,} expire after {it['last_day']}")
    rows = [_entry_row(entry) for entry in entries[-SHOWN:]]
    screen.show_list(rows, ("seq", "at", "kind", "points", "milestone", "scope"), as_json=False, empty="No entries yet.")
    if len(entries) > SHOWN:
        screen.say(f"The newest {SHOWN} of {len(entries):,} entries; --json gives all.")


@wallet.command("link")
def wallet_link(
    context: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="P", help="Import id, or number.")],
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """The signed link to a participant's wallet page, as their next message will carry it. Whoever has it can read the page."""
    open_ = session(context)
    own = open_.tenants.get(open_.tenant(tenant))
    person = open_.people.by_id(own.id, id_)
    link = wiring.links().link(own, person, now())
    screen.show({"participant": person.id, "link": link}, link, as_json=as_json)


def leaderboard(
    context: typer.Context,
    kpi: Annotated[str, typer.Option(help="Order by a KPI (needs --period), for example won_count.")] = "",
    period: Annotated[str, typer.Option(help="Period id, for example 2017Q1@Europe.Amsterdam, or its start: 2017Q1.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many lines at most.")] = 25,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Who leads: by points, or by a KPI in a period. Display only, a moment behind."""
    if period and not kpi:
        raise Rejected("points are counted over all time", where="--period", mend="Name what the period counts: --kpi won_count")
    open_ = session(context)
    own = open_.tenant(tenant)
    people = {person.number: person for person in open_.people.list(own)}
    scores = _kpi_scores(open_, own, kpi, period) if kpi else _point_scores(open_, own)
    order = sorted(scores, key=lambda number: (-scores[number], people[number].name if number in people else number))
    rows: list[dict[str, Any]] = []
    for place, number in enumerate(order[:limit], start=1):
        person = people.get(number)
        tied = bool(rows) and rows[-1]["_score"] == scores[number]
        rank = rows[-1]["rank"] if tied else place
        rows.append({"rank": rank, "participant": person.id if person else number, "_score": scores[number]})
        rows[-1] |= {"name": person.name if person else number, "team": person.team if person else None}
        rows[-1][kpi or "points"] = _readable(scores[number])
    shown = [{key: value for key, value in row.items() if key != "_score"} for row in rows]
    columns = ("rank", "name", "team", kpi or "points")
    screen.show_list(shown, columns, as_json=as_json, empty="Nobody has anything yet.")


def _point_scores(open_: Session, tenant: str) -> dict[str, Fraction]:
    return {it.participant: Fraction(it.available + it.pending - it.debt) for it in Audit(open_.db).wallets(tenant)}


def _kpi_scores(open_: Session, tenant: str, name: str, period: str) -> dict[str, Fraction]:
    measure = kpis.kpi(name)
    if not period:
        raise Rejected("a KPI is measured in a period", where="--period", mend="Name one, for example 2017Q1")
    found = [standing for id_ in _periods(open_, tenant, period) for standing in Audit(open_.db).board(tenant, id_)]
    measured = sorted({id_ for it in found for id_ in it.parts})
    ids = [name] if name in measured else [id_ for id_ in measured if id_.startswith(f"{name}.")]
    if not ids:
        mend = f"Measured are {', '.join(measured)}" if measured else "Nothing is measured in that period"
        raise Missing(f"no {name} in {period}", mend=mend)
    return {number: value for number, value in ((it.participant, _value(it, ids, measure)) for it in found) if value is not None}


def _value(standing: Standing, ids: list[str], measure: kpis.Kpi) -> Fraction | None:
    """The value by the first variant of the KPI that the participant has."""
    parts = next((standing.parts[id_] for id_ in ids if id_ in standing.parts), None)
    value = measure.value(Tally(parts)) if parts is not None else None
    return None if value is None else Fraction(value)


def _periods(open_: Session, tenant: str, wanted: str) -> list[str]:
    """The period ids meant: the very one, or that start in every calendar that a program uses."""
    if "@" in wanted or wanted == "lifetime":
        return [wanted]
    calendars = set()
    book = open_.programs.rulebook(tenant)
    for id_ in book.program_ids():
        for program in book.versions(id_):
            calendars |= {milestone.calendar for milestone in program.milestones if milestone.calendar}
    zones = sorted({calendar.zone.replace("/", ".") for calendar in calendars})
    return [f"{wanted}@{zone}" for zone in zones] or [wanted]


def _readable(value: Fraction) -> int | float:
    return int(value) if value.denominator == 1 else round(float(value), 4)


def _budget_row(open_: Session, entry: Budget) -> dict[str, Any]:
    parked = Audit(open_.db).parked_awards(entry.tenant, entry.program)
    return {"program": entry.program, **_used(entry), "parked_awards": parked}


def _resumed(open_: Session) -> None:
    """Let what waited be paid now."""
    with suppress(AccoladeError, ClientError, BotoCoreError):  # the schedule does the same within a minute
        invoked(open_.stack, "maintain", {}, seconds=60.0, mend="")


def _shares(open_: Session) -> BudgetShares:
    return BudgetShares(open_.budgets, open_.people.list, open_.programs.rulebook)


def _share_row(it: Budget) -> dict[str, Any]:
    whose = f"{kind_of(it.program)} {it.who}" if it.who else "the whole company"
    return {"program": program_of(it.program), "share": whose, **_used(it)}


def _used(it: Budget) -> dict[str, int | None]:
    """How much of a budget, or of a share of one, is given."""
    percent = round(100 * it.spent / it.limit) if it.limit else None
    return {"limit": it.limit, "spent": it.spent, "left": it.left, "used_percent": percent}


def _entry_row(entry: dict[str, Any]) -> dict[str, Any]:
    own = (f"wallet:{entry['cause']['participant']}", f"debt:{entry['cause']['participant']}")
    points = sum(it["amount"] * ((it["target"] in own) - (it["source"] in own)) for it in entry["transfers"])
    kept = {name: entry[name] for name in ("seq", "at", "kind")}
    return kept | {"points": points, "milestone": entry["cause"]["milestone"], "scope": entry["cause"]["scope"]}
