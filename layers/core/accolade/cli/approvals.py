"""`accolade approval`: awards that wait for a person."""

from secrets import token_hex
from typing import Annotated, Any

import typer

from accolade import wiring
from accolade.cli import screen
from accolade.cli.session import DEFAULT_TENANT, AsJson, Session, TenantId, now, session
from accolade.flows.approvals import Approvals
from accolade.flows.waiting_awards import WaitingAwards
from accolade.model.ledger import EntryKind
from accolade.situation import Decision
from accolade.store.decisions import Decisions
from accolade.store.outstanding import Outstanding
from accolade.store.signatures import Signatures

app = typer.Typer(help="Awards that wait for a person.")

Award = Annotated[str, typer.Argument(metavar="AWARD", help="As accolade approval list shows it.")]
As = Annotated[str, typer.Option("--as", help="Who decides.")]
Reason = Annotated[str, typer.Option(help="Why, for the audit; the ledger keeps a salted hash of it.")]
WHY = {"above": "it is more than the program lets pass"}
"""Why an award waits, where it is not a signal."""


@app.command("list")
def list_(context: typer.Context, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """What waits for a person, oldest first, and why."""
    open_ = session(context)
    own = open_.tenant(tenant)
    names = {person.number: person.name for person in open_.people.list(own)}
    rows = [
        {
            "since": held.at,
            "participant": names.get(held.award.split("/")[2], held.award.split("/")[2]),
            "points": held.points,
            "why": WHY.get(held.reason, held.reason.replace("_", " ")),
            "award": held.award,
        }
        for held in approvals(open_).waiting(own)
    ]
    columns = ("since", "participant", "points", "why", "award")
    screen.show_list(rows, columns, as_json=as_json, empty="Nothing waits for a person.")


@app.command("approve")
def approve(
    context: typer.Context, award: Award, as_: As, reason: Reason, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False
) -> None:
    """Post an award that waits; its owner is told."""
    open_ = session(context)
    done = approvals(open_).approve(open_.tenant(tenant), award, by=as_, reason=reason, now=now())
    points = posted(done)
    parked = sum(it.points for it in done.parkings if it.why == "budget")
    text = f"{points:,} points are posted" if points else f"{parked:,} points wait for budget"
    screen.show({"award": award, "posted": points, "parked": parked}, text, as_json=as_json)


@app.command("refuse")
def refuse(
    context: typer.Context, award: Award, as_: As, reason: Reason, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False
) -> None:
    """Refuse an award that waits; the same facts do not ask again."""
    open_ = session(context)
    approvals(open_).refuse(open_.tenant(tenant), award, by=as_, reason=reason, now=now())
    screen.show({"award": award, "posted": 0}, "refused; nothing is posted", as_json=as_json)


@app.command("log")
def log(
    context: typer.Context,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="So many lines at most.")] = 50,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Who approved, refused or nominated what and why, newest first."""
    open_ = session(context)
    rows: list[dict[str, Any]] = [
        {"at": it.at, "by": it.by, "what": it.what, "points": it.points, "reason": it.reason, "about": it.about}
        for it in Signatures(open_.db).list(open_.tenant(tenant), limit=limit)
    ]
    columns = ("at", "by", "what", "points", "reason", "about")
    screen.show_list(rows, columns, as_json=as_json, empty="Nobody has signed anything.")


def approvals(open_: Session) -> Approvals:
    """The approvals of a stack."""
    assert open_.stack  # noqa: S101 (opening it points this process at it)
    out = wiring.outbox(lambda event, **fields: None)
    awards = WaitingAwards(open_.connections, Decisions(open_.db), open_.programs.rulebook)
    return Approvals(awards, Outstanding(open_.db), Signatures(open_.db), lambda: token_hex(16), out.route, out.hand_over)


def posted(done: Decision) -> int:
    """Points that an approval brought into the wallet, or that are on hold."""
    return sum(it.amount for entry in done.entries if entry.kind is EntryKind.ACCRUAL for it in entry.transfers)
