"""`accolade send`: replay an export as real webhooks, through the real front door."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer

from accolade import wiring
from accolade.cli import options, screen
from accolade.cli.replay import hubspot, plan, salesforce
from accolade.cli.replay.export_mapping import ExportMapping, export_mapping
from accolade.cli.replay.history import History, Slice, read_history
from accolade.cli.replay.post import Batch, post_all
from accolade.cli.session import AsJson, Session, now, session
from accolade.crm import maps_of
from accolade.model.connections import Connection, FieldMap
from accolade.model.errors import AccoladeError, Rejected

app = typer.Typer(help="Replay a CSV export as webhooks.")

File = Annotated[Path, typer.Argument(metavar="FILE.csv", help="The export of deals.")]
ConnectionId = Annotated[str, typer.Option("--connection", help="Whose webhooks these are.")]
Mapping = Annotated[Path, typer.Option(help="YAML; its export section names the columns.")]
Shuffle = Annotated[int | None, typer.Option(metavar="SEED", help="Mix all notifications, by this seed.")]
Repeat = Annotated[int, typer.Option(min=1, max=100, help="Send everything that often.")]
Part = Annotated[str, typer.Option(help="Only a share of the owners, for example 1/2 (by name, every second).")]
From = Annotated[str, typer.Option("--from", metavar="DATE", help="Only deals dated on or after.")]
To = Annotated[str, typer.Option("--to", metavar="DATE", help="Only deals dated on or before.")]
Rate = Annotated[float | None, typer.Option(min=0.1, help="Notifications a second at most.")]
Url = Annotated[str, typer.Option(help="Post here instead of to the connection's own URL.")]


@dataclass(frozen=True, slots=True)
class Order:
    """What a person asked to be sent, and how."""

    file: Path
    mapping: Path
    part: str
    start: str
    end: str
    shuffle: int | None
    repeat: int
    rate: float | None
    as_json: bool


@app.command("salesforce")
def send_salesforce(
    context: typer.Context,
    file: File,
    connection: ConnectionId,
    mapping: Mapping,
    shuffle: Shuffle = None,
    repeat: Repeat = 1,
    part: Part = "1/1",
    start: From = "",
    end: To = "",
    rate: Rate = None,
    url: Url = "",
    as_json: AsJson = False,
) -> None:
    """Outbound messages of up to 100 notifications: each deal opens, and closes if it did."""
    open_, order = session(context), Order(file, mapping, part, start, end, shuffle, repeat, rate, as_json)
    link, field_map, export, history = _prepared(open_, order, connection, "salesforce")
    owner = plan.owner_finder(_users(open_, link, export), salesforce.user_id)
    groups = [[salesforce.notification(it, field_map=field_map, owner=owner(it.owner))] for it in history.changes]
    requests = plan.batches(groups, size=salesforce.PER_MESSAGE, repeat=repeat, shuffle=shuffle)
    headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '""'}

    def request(batch: Sequence[str]) -> Batch:
        return Batch(len(batch), lambda: (salesforce.envelope(batch, organization=link.external_id), headers))

    target = url or wiring.vault().read(open_.stack.secret_name("connection", link.id, "url"))
    _post(order, history, [request(batch) for batch in requests], target, lambda it: "<Ack>true</Ack>" in it.text)


@app.command("hubspot")
def send_hubspot(
    context: typer.Context,
    file: File,
    connection: ConnectionId,
    mapping: Mapping,
    shuffle: Shuffle = None,
    repeat: Repeat = 1,
    part: Part = "1/1",
    start: From = "",
    end: To = "",
    rate: Rate = None,
    url: Url = "",
    as_json: AsJson = False,
) -> None:
    """Signed webhook requests of up to 100 events: a creation and property changes for each deal."""
    open_, order = session(context), Order(file, mapping, part, start, end, shuffle, repeat, rate, as_json)
    link, field_map, export, history = _prepared(open_, order, connection, "hubspot")
    owner, portal = plan.owner_finder(_users(open_, link, export), hubspot.user_id), int(link.external_id)
    groups = [list(hubspot.events(it, field_map=field_map, owner=owner(it.owner), portal=portal)) for it in history.changes]
    requests = plan.batches(groups, size=hubspot.PER_REQUEST, repeat=repeat, shuffle=shuffle)
    if not link.secret:
        raise Rejected("no client secret is stored", where=f"connection {link.id}", mend="Add it again with --client-secret-env")
    secret = wiring.vault().read(link.secret)

    def request(batch: Sequence[dict[str, Any]]) -> Batch:
        content = hubspot.body(batch)
        return Batch(len(batch), lambda: (content, hubspot.headers(content, secret=secret, url=link.public_url, now=now())))

    _post(order, history, [request(batch) for batch in requests], url or link.public_url, lambda it: it.is_success)


def _prepared(open_: Session, order: Order, id_: str, crm: str) -> tuple[Connection, FieldMap, ExportMapping, History]:
    """The connection, its field map, how the export reads, and what it tells."""
    link = open_.connections.get(id_)
    if link.crm != crm:
        raise Rejected(f"connection {id_} is one of {link.crm}", mend=f"accolade send {link.crm} ...")
    export = export_mapping(options.yaml_document(order.mapping), name=str(order.mapping))
    field_map = next((entry for entry in maps_of(link) if entry.record == export.record), None)
    if field_map is None:
        raise Rejected(f"connection {id_} maps no {export.record}", mend="Add it again with --mapping")
    part, of = _part(order.part)
    start, end = options.instant(order.start, option="--from"), options.instant(order.end, option="--to")
    wanted = Slice(start.date() if start else None, end.date() if end else None, part, of)
    history = read_history(options.content(order.file), export, name=str(order.file), wanted=wanted)
    if not history.changes:
        raise AccoladeError("no deal of the file is left to send", where=str(order.file), mend="Check --from, --to and --part")
    return link, field_map, export, history


def _users(open_: Session, link: Connection, export: ExportMapping) -> dict[str, str]:
    """Owner as the export names it -> user id in this CRM, of participants who have one."""
    people = [person for person in open_.people.list(link.tenant) if link.crm in person.identities]
    return {(person.name if export.owner_by == "name" else person.id): person.identities[link.crm] for person in people}


def _post(
    order: Order, history: History, requests: list[Batch], url: str, acknowledged: Callable[[httpx.Response], bool]
) -> None:
    total, failed, retried = sum(batch.count for batch in requests), list[str](), 0
    sent = 0
    with screen.progress(f"Sending {history.deals:,} deals", total, unit="notifications") as advance:
        for outcome in post_all(requests, url=url, acknowledged=acknowledged, rate=order.rate):
            retried += outcome.tries - 1
            if outcome.error:
                failed.append(outcome.error)
            else:
                sent += outcome.count
            advance(outcome.count)
    counts: dict[str, Any] = {"deals": history.deals, "notifications": total, "acknowledged": sent, "requests": len(requests)}
    counts |= {
        "failed_requests": len(failed),
        "retries": retried,
        "skipped": dict(history.skipped),
        "outside_dates": history.outside,
    }
    skipped = "".join(f"; {count:,} rows skipped: {why}" for why, count in history.skipped.items())
    skipped += f"; {history.outside:,} deals outside the dates" if history.outside else ""
    text = f"{history.deals:,} deals, {sent:,} of {total:,} notifications in {len(requests):,} requests acknowledged{skipped}"
    screen.show(counts, text, as_json=order.as_json)
    if failed:
        mend = "404 or 403: add the connection again, its URL is an old one; else accolade doctor. Sending again is harmless"
        screen.fail(f"{len(failed)} of {len(requests)} requests failed: {', '.join(sorted(set(failed)))}", mend=mend)


def _part(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,3})/(\d{1,3})", text)
    part, of = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= part <= of:
        raise Rejected(f"{text!r} is not a part", where="--part", mend="Write it as 1/2")
    return part, of
