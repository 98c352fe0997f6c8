"""`accolade rfm`: accounts scored by what they bought."""

from collections import Counter
from typing import Annotated, Any

import typer

from accolade import wiring
from accolade.cli import screen
from accolade.cli.choices import chosen
from accolade.cli.session import DEFAULT_TENANT, AsJson, Session, TenantId, now, session
from accolade.flows.rfm import FIELDS
from accolade.kpis.scores import SEGMENTS
from accolade.model.connections import Connection
from accolade.model.errors import Rejected
from accolade.store.audit import Audit
from accolade.store.rfm import Progress, RfmStore

app = typer.Typer(help="Accounts scored by what they bought.")

Only = Annotated[str, typer.Option("--connection", help="Only this connection (default: all).")]


@app.command("run")
def run(
    context: typer.Context,
    connection: Only = "",
    of: Annotated[str, typer.Option(help="What a purchase is from now on: deals (won ones) or invoices.")] = "",
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Score the accounts now, and write changed tags back where the mapping names fields for them."""
    if of:
        of = chosen(of, ("deals", "invoices"), where="--of", noun="no kind of purchase")
    open_ = session(context)
    links = _links(open_, open_.tenant(tenant), connection)
    scorer = wiring.scorer(lambda event, **fields: None)
    rows = [_row(scorer.run(link, of=of, now=now())) for link in links]
    screen.show_list(rows, _COLUMNS, as_json=as_json, empty="No connection yet: accolade connection add")


@app.command("show")
def show(
    context: typer.Context,
    connection: Only = "",
    segment: Annotated[str, typer.Option(help="The accounts of one segment, for example Loyal.")] = "",
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """How many accounts are in each segment; with --segment, which."""
    if segment:
        segment = chosen(segment, SEGMENTS, where="--segment", noun="no segment")
    open_ = session(context)
    own = open_.tenant(tenant)
    links = {link.id for link in _links(open_, own, connection)}
    accounts = [
        {"connection": it.key.connection, "account": it.key.id, "name": it.value("name")}
        | {name: it.value(name) for name in FIELDS}
        for it in Audit(open_.db).records(own, "account")
        if it.key.connection in links and it.value("rfm_r") is not None
    ]
    accounts.sort(key=lambda row: (row["connection"], row["account"]))
    if segment:
        found = [row for row in accounts if row["rfm_segment"] == segment]
        screen.show_list(found, ("account", "name", *FIELDS), as_json=as_json, empty=f"No account is {segment}.")
        return
    counted = Counter((row["connection"], row["rfm_segment"] or "", row["priority_bucket"] or "") for row in accounts)
    rows = [
        {"connection": link, "segment": name, "priority": priority, "accounts": count}
        for (link, name, priority), count in sorted(counted.items())
    ]
    columns = ("connection", "segment", "priority", "accounts")
    screen.show_list(rows, columns, as_json=as_json, empty="No account is scored yet: accolade rfm run")
    if not as_json:
        for link in sorted(links):
            screen.say(_said(RfmStore(open_.db).progress(own, link)))


_COLUMNS = ("connection", "day", "of", "accounts", "tagged", "sent", "failed")


def _links(open_: Session, tenant: str, only: str) -> list[Connection]:
    found = [link for link in open_.connections.list(tenant) if not only or link.id == only]
    if only and not found:
        raise Rejected(f"{only!r} is no connection of this tenant", mend="accolade connection list shows those there are")
    return found


def _row(progress: Progress) -> dict[str, Any]:
    return {name: getattr(progress, name) for name in _COLUMNS}


def _said(progress: Progress) -> str:
    if not progress.day:
        return f"{progress.connection}: never scored"
    failed = f", {progress.failed} refused (accolade parked list)" if progress.failed else ""
    done = "" if progress.step == "done" else f"; not finished: {progress.step}"
    return f"{progress.connection}: {progress.accounts:,} accounts by {progress.of}, scored {progress.day}{failed}{done}"
