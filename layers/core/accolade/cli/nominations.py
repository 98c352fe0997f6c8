"""`accolade nominate` and `accolade nomination`: people put forward for what no CRM shows."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated

import typer

from accolade import wiring
from accolade.cli import screen
from accolade.cli.finding import person_of
from accolade.cli.session import DEFAULT_TENANT, AsJson, Session, TenantId, now, session
from accolade.flows.batch import Batch
from accolade.flows.nominations import Nomination, Nominations
from accolade.flows.problems import ProblemParker
from accolade.model.connections import internal
from accolade.store.audit import Audit
from accolade.store.database import Item
from accolade.store.decisions import Decisions
from accolade.store.signatures import Signatures

nomination = typer.Typer(help="People put forward for what no CRM shows.")

Id = Annotated[str, typer.Argument(metavar="ID", help="As accolade nomination list shows it.")]
As = Annotated[str, typer.Option("--as", help="Who decides.")]
Reason = Annotated[str, typer.Option(help="Why, for the audit.")]


def nominate(
    context: typer.Context,
    who: Annotated[str, typer.Argument(metavar="PARTICIPANT", help="Import id, number, e-mail address or name.")],
    milestone: Annotated[str, typer.Option(help="PROGRAM/ID of a milestone of kind manual.")],
    by: Annotated[str, typer.Option(help="Who nominates: a participant, or somebody of the company.")],
    reason: Annotated[str, typer.Option(help="What for.")],
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Put somebody forward for a manual milestone; once approved it pays."""
    open_ = session(context)
    own = open_.tenant(tenant)
    person = person_of(open_, own, who)
    made = _nominations(open_, own).nominate(person, milestone, by=by, reason=reason, now=now())
    _show(made, f"{person.name} is nominated for {milestone}: {made.id}", as_json=as_json)


@nomination.command("list")
def list_(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Decided ones too.")] = False,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """The nominations that wait, or all."""
    open_ = session(context)
    own = open_.tenant(tenant)
    names = {person.number: person.name for person in open_.people.list(own)}
    rows = [asdict(it) for it in _nominations(open_, own).list() if every or it.state == "waits"]
    for row in rows:
        row |= {name: names.get(row[name], row[name]) for name in ("nominee", "nominator")}
    rows.sort(key=lambda row: (row["nominated_on"], row["id"]))
    columns = ("id", "nominated_on", "nominee", "milestone", "nominator", "reason", "state")
    screen.show_list(rows, columns, as_json=as_json, empty="No nomination waits.")


@nomination.command("approve")
def approve(
    context: typer.Context, id_: Id, as_: As, reason: Reason, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False
) -> None:
    """Let a nomination pay; who is nominated is told."""
    open_ = session(context)
    made = _nominations(open_, open_.tenant(tenant)).approve(id_, by=as_, reason=reason, now=now())
    _show(made, f"{id_} is approved", as_json=as_json)


@nomination.command("decline")
def decline(
    context: typer.Context, id_: Id, as_: As, reason: Reason, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False
) -> None:
    """Decline a nomination; what it paid is taken back."""
    open_ = session(context)
    made = _nominations(open_, open_.tenant(tenant)).decline(id_, by=as_, reason=reason, now=now())
    _show(made, f"{id_} is declined", as_json=as_json)


@nomination.command("withdraw")
def withdraw(
    context: typer.Context, id_: Id, as_: As, reason: Reason, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False
) -> None:
    """Take one's own nomination back, and what it paid."""
    open_ = session(context)
    made = _nominations(open_, open_.tenant(tenant)).withdraw(id_, by=as_, reason=reason, now=now())
    _show(made, f"{id_} is withdrawn", as_json=as_json)


def _nominations(open_: Session, tenant: str) -> Nominations:
    out, book = wiring.outbox(lambda event, **fields: None), open_.programs.rulebook(tenant)
    park = ProblemParker(open_.parked.park)

    def batch(beside: Sequence[Item]) -> Batch:
        return Batch(internal(tenant), book, Decisions(open_.db), out.route, out.hand_over, park, beside)

    people = list(open_.people.list(tenant))
    return Nominations(tenant, book, people, Audit(open_.db), Signatures(open_.db), batch)


def _show(made: Nomination, text: str, *, as_json: bool) -> None:
    screen.show(asdict(made), text, as_json=as_json)
