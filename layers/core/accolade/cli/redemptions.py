"""`accolade redemption`: points on their way to a gift card."""

from dataclasses import asdict, replace
from datetime import date
from typing import Annotated, Any

import typer

from accolade.cli import screen
from accolade.cli.choices import chosen
from accolade.cli.session import DEFAULT_TENANT, AsJson, TenantId, now, session
from accolade.cli.shop import redeeming
from accolade.flows.compare_orders import DAYS, MOST_DAYS
from accolade.flows.order_differences import Difference
from accolade.model.catalog import OWN_CODES
from accolade.model.errors import Rejected
from accolade.model.money import Money, to_major
from accolade.model.redemptions import Redemption, RedemptionState
from accolade.model.times import parse_date, zone_of
from accolade.store.comparing import Round

app = typer.Typer(help="Points on their way to a gift card.")

Id = Annotated[str, typer.Argument(metavar="ID", help="As accolade redemption list shows it.")]
As = Annotated[str, typer.Option("--as", help="Who decides.")]
Reason = Annotated[str, typer.Option(help="Why, for the audit; the ledger keeps a salted hash of it.")]
SHOWN = 200
UNDER_WAY = (RedemptionState.AWAITING, RedemptionState.HELD, RedemptionState.ORDERED, RedemptionState.UNKNOWN)


@app.command("list")
def list_(
    context: typer.Context,
    state: Annotated[str, typer.Option(help="Only those in this state (default: all that are under way).")] = "",
    who: Annotated[str, typer.Option("--participant", help="Only those of this participant, ended ones too.")] = "",
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Redemptions that are under way, in one state, or of one person."""
    open_ = session(context)
    own, store = open_.tenant(tenant), redeeming(open_).redemptions
    if who:
        wanted = _state(state) if state else None
        found = store.of_person(own, open_.people.by_id(own, who).number)
        found = [it for it in found if wanted in (None, it.state)]
    else:
        states = [_state(state)] if state else UNDER_WAY
        found = [it for one in states for it in store.newest(own, one, limit=SHOWN)]
    columns = ("created", "id", "participant", "item", "value", "points", "state", "attention")
    screen.show_list([_row(it) for it in found], columns, as_json=as_json, empty="Nothing here.")


@app.command("show")
def show(context: typer.Context, id_: Id, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """One redemption and its whole way; never its code or link."""
    open_ = session(context)
    it = redeeming(open_).redemptions.get(open_.tenant(tenant), id_)
    history = [{"state": state, "at": at, "note": note} for state, at, note in it.history]
    looks = [{"at": at, "by": by} for at, by in it.reveals]
    row = _row(it) | {"provider": it.provider, "order": it.order, "attempts": it.attempts, "doubts": it.doubts}
    row |= {"kind": it.kind, "country": it.country, "taxed_usd_cents": it.taxed, "rate": it.rate, "due": it.due_at}
    lines = [f"{name:<16} {screen.cell(value)}" for name, value in row.items() if value not in ("", None)]
    lines += [f"{step['at']}  {step['state']:<10} {step['note']}" for step in history]
    lines += [f"{look['at']}  looked at  by {look['by']}" for look in looks]
    screen.show(row | {"history": history, "looked_at": looks}, "\n".join(lines), as_json=as_json)


@app.command("approve")
def approve(
    context: typer.Context, id_: Id, as_: As, reason: Reason, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False
) -> None:
    """Let a redemption that waits be ordered."""
    open_ = session(context)
    done = redeeming(open_).redeemer.approve(open_.tenant(tenant), id_, by=as_, reason=reason, now=now())
    screen.show(_row(done), "approved; it is ordered now", as_json=as_json)


@app.command("refuse")
def refuse(
    context: typer.Context, id_: Id, as_: As, reason: Reason, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False
) -> None:
    """Refuse a redemption that waits: its points go back."""
    open_ = session(context)
    done = redeeming(open_).redeemer.refuse(open_.tenant(tenant), id_, by=as_, reason=reason, now=now())
    screen.show(_row(done), f"refused; {done.points:,} points are back", as_json=as_json)


@app.command("retry")
def retry(
    context: typer.Context,
    id_: Id,
    as_: As,
    reason: Reason,
    as_it_is: Annotated[bool, typer.Option("--as-it-is", help="What the provider delivered counts, whatever its value.")] = False,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Look at a redemption again at once."""
    open_ = session(context)
    care = redeeming(open_).care
    done = care.retry(open_.tenant(tenant), id_, by=as_, reason=reason, now=now(), as_it_is=as_it_is)
    screen.show(_row(done), "it is looked at now", as_json=as_json)


@app.command("release")
def release(
    context: typer.Context, id_: Id, as_: As, reason: Reason, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False
) -> None:
    """Give the points back, if the provider certainly has nothing."""
    open_ = session(context)
    done = redeeming(open_).care.release(open_.tenant(tenant), id_, by=as_, reason=reason, now=now())
    screen.show(_row(done), f"stopped; {done.points:,} points are back", as_json=as_json)


@app.command("reconcile")
def reconcile(
    context: typer.Context,
    name: Annotated[str, typer.Option("--provider", help="Only this one (default: all that have an account).")] = "",
    days: Annotated[int, typer.Option(help="How far back orders are compared.", min=1, max=MOST_DAYS)] = DAYS,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Compare providers' orders with redemptions now; each difference becomes a case. Exit status 1 if anything differs."""
    open_ = session(context)
    own, parts = open_.tenant(tenant), redeeming(open_)
    if name:
        parts.accounts.settings(own, name)
    known = {it.name for it in parts.catalog.accounts(own)} | {OWN_CODES}
    rounds = [parts.compare.run(own, it, days=days, now=now()) for it in ([name] if name else sorted(known))]
    if as_json:
        screen.show_json([_compared(it, found) for it, found in rounds])
    for it, found in [] if as_json else rounds:
        for one in found:
            screen.say(f"DIFFERS  {one.where}: {one.reason}. {one.mend} (case {one.id})")
        cut = "; the provider's list is longer than is read at once" if it.cut else ""
        screen.say(
            f"{it.provider}: {it.orders:,} orders and {it.redemptions:,} fulfilled redemptions since {it.since:%Y-%m-%d}, "
            f"{it.differences:,} differences, {it.news:,} new cases{cut}"
        )
    if any(found for _, found in rounds):
        raise typer.Exit(1)


def _compared(it: Round, found: list[Difference]) -> dict[str, Any]:
    shown = {"provider": it.provider, "since": it.since, "until": it.until, "orders": it.orders, "redemptions": it.redemptions}
    counts = {"new_cases": it.news, "asked_now": it.settled, "cut": it.cut}
    return shown | counts | {"differences": [asdict(one) for one in found]}


@app.command("tax-form")
def tax_form(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="P", help="Import id, or number.")],
    on: Annotated[str, typer.Option(help="When the form came in, like 2026-01-31; none: there is no form.")],
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Note that a participant's tax form is on file: rewards then pass the yearly threshold."""
    open_ = session(context)
    person = open_.people.by_id(open_.tenant(tenant), who)
    day = None if on == "none" else _day(on)
    if day and day > now().astimezone(zone_of(person.zone)).date():
        raise Rejected(f"{day} lies in the future", where="--on", mend="Write the day on which the form came in")
    open_.people.update(replace(person, tax_form_on=day))
    before = ", as before" if day == person.tax_form_on else ""
    text = f"the form of {who} is on file since {day}{before}" if day else f"no form of {who} is on file{before}"
    screen.show({"participant": person.number, "tax_form_on": day}, text, as_json=as_json)


def _day(text: str) -> date:
    try:
        return parse_date(text)
    except ValueError as error:
        raise Rejected(f"{text[:20]!r} is not a date", where="--on", mend="Write it as 2026-01-31, or none") from error


def _state(text: str) -> RedemptionState:
    return RedemptionState(chosen(text, RedemptionState, where="--state", noun="no state"))


def _row(it: Redemption) -> dict[str, Any]:
    return {
        "created": it.created_at,
        "id": it.id,
        "participant": it.participant,
        "item": it.item,
        "value": f"{to_major(Money(it.value, it.currency)):f} {it.currency}",
        "points": it.points,
        "state": it.state.value,
        "attention": it.parked or it.why,
    }
