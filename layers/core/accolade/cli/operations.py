"""`accolade status`, `redrive`, `parked`, `deliveries`, `pause`, `resume`: keeping the house running."""

import time
from collections import Counter
from dataclasses import asdict
from typing import Annotated, Any

import typer

from accolade import wiring
from accolade.cli import screen
from accolade.cli.cases import retried
from accolade.cli.choices import chosen
from accolade.cli.queue_state import idle, queue_states, redriven
from accolade.cli.session import DEFAULT_TENANT, AsJson, Session, TenantId, now, session
from accolade.cli.stack import DEAD_QUEUES
from accolade.flows.due import resume as send_waiting
from accolade.flows.receive import FOREIGN
from accolade.model.deliveries import Delivery, DeliveryState
from accolade.model.errors import Rejected
from accolade.model.participants import Channel
from accolade.store.deliveries import Deliveries
from accolade.store.parked import Case

deliveries = typer.Typer(help="Messages owed and sent.")
parked = typer.Typer(help="What waits for a person.")

_QUIET_POLLS = 3
"""How often in a row the queues must be empty: SQS counts are approximate and lag behind."""


def status(
    context: typer.Context,
    wait_idle: Annotated[float, typer.Option(min=0, metavar="SECONDS", help="Wait until the queues are empty.")] = 0,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Depth, in flight and dead letters of every queue, and the deliveries that are due."""
    open_ = session(context)
    own = _parked_under(open_, tenant)
    is_idle = _wait(open_, wait_idle) if wait_idle else None
    states = queue_states(open_.stack)
    due = sum(1 for _ in Deliveries(open_.db).due(now(), 10_000))
    waiting = sum(1 for _ in open_.parked.list(own))
    if as_json:
        shown = {"queues": [asdict(state) for state in states], "deliveries_due": due, "parked": waiting}
        screen.show_json(shown | ({} if is_idle is None else {"idle": is_idle}))
    else:
        screen.show_list([asdict(it) for it in states], ("queue", "waiting", "in_flight", "dead"), as_json=False, empty="")
        screen.say(f"{due:,} deliveries due, {waiting:,} notifications parked")
    if is_idle is False:
        screen.fail(f"the queues were not empty within {wait_idle:g} seconds", mend="accolade status shows where it waits")


def redrive(
    context: typer.Context,
    queue: Annotated[str, typer.Argument(metavar="QUEUE", help=f"One of {', '.join(DEAD_QUEUES)}.")],
    as_json: AsJson = False,
) -> None:
    """Put the dead letters of a queue back on it. Doing it twice pays nobody twice."""
    queue = chosen(queue, DEAD_QUEUES, where="", noun="not a queue")
    if queue == "schedules":
        mend = "The next run of the schedule does its work: accolade sweep run"
        raise Rejected("a missed schedule is not sent again", mend=mend)
    moved = redriven(session(context).stack, queue)
    text = f"{moved:,} messages are back on {queue}" if moved is not None else f"SQS is moving the dead letters back to {queue}"
    screen.show({"queue": queue, "moved": moved}, text, as_json=as_json)


def pause(
    context: typer.Context,
    channel: Annotated[list[Channel] | None, typer.Option(help="Only this channel (may be repeated).")] = None,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Stop sending. Points go on; messages wait and go out after `resume`."""
    open_ = session(context)
    after = open_.tenants.pause(open_.tenant(tenant), tuple(channel or Channel))
    screen.show({"tenant": after.id, "paused": list(after.paused)}, f"paused: {_names(after.paused)}", as_json=as_json)


def resume(
    context: typer.Context,
    channel: Annotated[list[Channel] | None, typer.Option(help="Only this channel (may be repeated).")] = None,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Send again; what waited goes out at once."""
    open_ = session(context)
    channels = tuple(channel or Channel)
    after = open_.tenants.resume(open_.tenant(tenant), channels)
    waiting = send_waiting(Deliveries(open_.db), wiring.enqueue, after.id, channels, now())
    text = f"paused: {_names(after.paused)}; {waiting:,} messages that waited are on their way"
    screen.show({"tenant": after.id, "paused": list(after.paused), "on_their_way": waiting}, text, as_json=as_json)


@deliveries.command("list")
def deliveries_list(
    context: typer.Context,
    participant: Annotated[str, typer.Option(help="Only of this participant.")] = "",
    state: Annotated[DeliveryState | None, typer.Option(help="Only in this state.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="So many lines at most.")] = 50,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Messages, newest first, with their state. Addresses are never shown."""
    open_ = session(context)
    own = open_.tenant(tenant)
    found = _deliveries(open_, own, participant)
    wanted = sorted((it for it in found if state in (None, it.state)), key=lambda it: (it.created_at, it.id), reverse=True)
    names = {person.number: person.id for person in open_.people.list(own)}
    rows = [_delivery_row(it, names.get(it.participant, it.participant)) for it in wanted[:limit]]
    columns = ("created_at", "participant", "points", "channel", "state", "attempts", "outcome", "id")
    screen.show_list(rows, columns, as_json=as_json, empty="No messages yet.")
    if not as_json and wanted:
        counts = Counter(it.state.value for it in wanted)
        screen.say(f"{len(wanted):,} messages: {', '.join(f'{count:,} {name}' for name, count in counts.most_common())}")


@deliveries.command("retry")
def deliveries_retry(
    context: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="ID", help="As accolade deliveries list shows it.")],
    as_json: AsJson = False,
) -> None:
    """Send a parked message again."""
    after = Deliveries(session(context).db).retry(id_, now=now())
    screen.show({"id": id_, "state": after.state.value}, f"{id_} is {after.state}", as_json=as_json)


@parked.command("list")
def parked_list(
    context: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Those that were retried, too.")] = False,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Notifications that could not be decided, oldest first, with the reason and what to do."""
    open_ = session(context)
    rows = [_case_row(case) for case in open_.parked.list(_parked_under(open_, tenant), every=every)]
    columns = ("at", "connection", "reason", "where", "mend", "state", "id")
    screen.show_list(rows, columns, as_json=as_json, empty="Nothing is parked.")


@parked.command("retry")
def parked_retry(
    context: typer.Context,
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="As accolade parked list shows them.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Everything that waits.")] = False,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Decide parked notifications again; what is still wrong parks again under the same id."""
    if bool(ids) == every:
        what = "both ids and --all are named" if ids else "nothing is named"
        raise Rejected(what, mend="Name ids from accolade parked list, or use --all")
    open_ = session(context)
    own = _parked_under(open_, tenant)
    cases = list(open_.parked.list(own)) if every else [open_.parked.get(own, id_) for id_ in dict.fromkeys(ids or ())]
    done = [case.id for case in cases if retried(open_, case)]
    left = [case.id for case in cases if case.id not in done]
    text = f"{len(done):,} cases are decided again" + (f"; without content, so left: {', '.join(left)}" if left else "")
    screen.show({"retried": done, "left": left}, text, as_json=as_json)


def _parked_under(open_: Session, tenant: str) -> str:
    """The tenant whose cases are meant: one of ours, or `_foreign` for events of portals that are nobody's."""
    return tenant if tenant == FOREIGN else open_.tenant(tenant)


def _wait(open_: Session, seconds: float) -> bool:
    """Wait until nothing waits or is worked on, several polls in a row; False if that takes longer."""
    end, quiet = time.monotonic() + seconds, 0
    while True:
        states = queue_states(open_.stack)
        quiet = quiet + 1 if idle(states) else 0
        if quiet >= _QUIET_POLLS:
            return True
        if time.monotonic() >= end:
            return False
        time.sleep(0.5)


def _deliveries(open_: Session, tenant: str, participant: str) -> list[Delivery]:
    store = Deliveries(open_.db)
    if participant:
        return list(store.of_person(tenant, open_.people.by_id(tenant, participant).number, 100_000))
    return list(store.of_tenant(tenant))


def _delivery_row(delivery: Delivery, participant: str) -> dict[str, Any]:
    kept = ("id", "created_at", "due_at", "channel", "state", "attempts", "outcome", "record", "program", "reference", "history")
    row = {name: getattr(delivery, name) for name in kept}
    return row | {"participant": participant, "points": delivery.total, "entries": [line.entry for line in delivery.lines]}


def _case_row(case: Case) -> dict[str, Any]:
    kept = ("id", "at", "connection", "crm", "origin", "reason", "where", "mend", "state", "times")
    return {name: getattr(case, name) for name in kept} | {"notifications": len(case.content or ())}


def _names(channels: tuple[Channel, ...]) -> str:
    return ", ".join(channels) or "nothing"
