"""`accolade connection`: links to CRMs, the URLs they call, and whether their APIs answer."""

import secrets
from pathlib import Path
from typing import Annotated, Any

import typer

from accolade import config, crm, wiring
from accolade.cli import options, screen
from accolade.cli.session import DEFAULT_TENANT, AsJson, Session, TenantId, now, session
from accolade.crm.mapping import field_maps
from accolade.crm.salesforce.ids import is_id, to18
from accolade.crm.salesforce.oauth import parse
from accolade.flows.connecting import Added, Connecting, Wanted
from accolade.model.connections import Connection
from accolade.model.errors import AccoladeError, Rejected

app = typer.Typer(help="Links to CRMs.")
add = typer.Typer(help="Add a connection, or change one.")
app.add_typer(add, name="add", no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="A name for the link, unique in the stack.")]
ApiBase = Annotated[str | None, typer.Option(help="Where the CRM's API answers.")]
Mapping = Annotated[Path | None, typer.Option(help="YAML: which fields and stages mean what.")]
Since = Annotated[str, typer.Option(help="What happened before this date pays nothing (default: now).")]


@add.command("salesforce")
def add_salesforce(
    context: typer.Context,
    id_: Id,
    organization_id: Annotated[str, typer.Option(help="00D..., 15 or 18 characters.")],
    trust: Annotated[str | None, typer.Option(help="message: taken at its word; reread: the record is read again.")] = None,
    api_base: ApiBase = None,
    credentials_env: Annotated[str, typer.Option(help="Variable that holds the API credentials as JSON.")] = "",
    mapping: Mapping = None,
    since: Since = "",
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Take Salesforce outbound messages; the URL is shown this once and replaces the former one."""
    if not (is_id(organization_id) and organization_id.startswith("00D")):
        mend = "Copy it from Setup > Company Information: 00D and 12 or 15 more characters"
        raise Rejected(f"{organization_id!r} is not an organization id", where="--organization-id", mend=mend)
    held = {"credentials": config.variable(credentials_env)} if credentials_env else {}
    for secret in held.values():
        parse(secret)
    open_ = session(context)
    added = _connecting(open_).add(
        Wanted(
            id=id_,
            tenant=open_.tenant(tenant),
            crm="salesforce",
            external_id=to18(organization_id),
            trust=trust,
            api_base=api_base,
            since=options.instant(since, option="--since"),
            maps=_maps(mapping, "salesforce"),
            secrets=held,
        ),
        now=now(),
    )
    _show(added, {"id": id_, "url": added.url}, "the endpoint URL of the outbound message", as_json=as_json)


@add.command("hubspot")
def add_hubspot(
    context: typer.Context,
    id_: Id,
    portal_id: Annotated[int, typer.Option(min=1, help="The account's id.")],
    client_secret_env: Annotated[str, typer.Option(help="Variable that holds the app's client secret.")] = "",
    token_env: Annotated[str, typer.Option(help="Variable that holds the API token.")] = "",
    api_base: ApiBase = None,
    mapping: Mapping = None,
    since: Since = "",
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Take HubSpot webhooks, signed with the app's client secret."""
    named = {"secret": client_secret_env, "credentials": token_env}
    open_ = session(context)
    added = _connecting(open_).add(
        Wanted(
            id=id_,
            tenant=open_.tenant(tenant),
            crm="hubspot",
            external_id=str(portal_id),
            api_base=api_base,
            since=options.instant(since, option="--since"),
            maps=_maps(mapping, "hubspot"),
            secrets={kind: config.variable(name) for kind, name in named.items() if name},
        ),
        now=now(),
    )
    shown = {"id": id_, "url": added.url, "shared_url": added.connection.shared_url}
    _show(added, shown, f"the target URL (all portals of one app: {added.connection.shared_url})", as_json=as_json)


@app.command("list")
def list_(context: typer.Context, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """The connections of a tenant. Secrets are never shown."""
    open_ = session(context)
    rows = [_row(open_, connection) for connection in open_.connections.list(open_.tenant(tenant))]
    columns = ("id", "crm", "external_id", "trust", "since", "api_base", "last_heard")
    screen.show_list(rows, columns, as_json=as_json, empty="No connection yet: accolade connection add salesforce --help")


@app.command("test")
def ask(context: typer.Context, id_: Id, as_json: AsJson = False) -> None:
    """Ask the CRM's API who we are there."""
    connection = session(context).connections.get(id_)
    who = probe(connection)
    screen.show({"id": id_, "ok": True, "who": who}, f"ok    {connection.crm} {id_} answers: {who}", as_json=as_json)


def probe(connection: Connection) -> str:
    """One call of the CRM's API; Rejected or Retry say why it does not work."""
    if not connection.credentials:
        raise Rejected(
            "no API credentials are stored",
            where=f"connection {connection.id}",
            mend="Webhooks work without them; sweeps need --credentials-env (Salesforce) or --token-env (HubSpot)",
        )
    return crm.adapter(connection.crm).reader(connection, wiring.vault().read).probe()


def keep_secret(open_: Session, kind: str, connection: str, text: str) -> str:
    """Store a secret of a connection in Secrets Manager and give its name."""
    name = open_.stack.secret_name("connection", connection, kind)
    wiring.vault().keep(name, text)
    return name


def _connecting(open_: Session) -> Connecting:
    return Connecting(
        open_.connections,
        api_url=open_.stack.api_url,
        keep=lambda kind, connection, text: keep_secret(open_, kind, connection, text),
        token=lambda: secrets.token_urlsafe(32),
    )


def _maps(path: Path | None, name: str) -> tuple[Any, ...]:
    if path is None:
        return ()
    return field_maps(options.yaml_document(path), crm=name, name=str(path))


def _show(added: Added, shown: dict[str, Any], what: str, *, as_json: bool) -> None:
    if as_json:
        screen.show_json(shown)
        return
    verb = "added" if added.is_new else "as it was" if added.is_same else "changed"
    screen.say(f"connection {added.connection.id} is {verb}. Enter this in the CRM as {what}:")
    screen.say(f"  {added.url}")
    screen.say(f"What happened before {added.connection.since:%Y-%m-%d %H:%M} UTC pays nothing (--since changes that).")


def _row(open_: Session, connection: Connection) -> dict[str, Any]:
    names = ("id", "crm", "external_id", "trust", "since", "api_base", "public_url", "shared_url", "added_at")
    kept = {name: getattr(connection, name) for name in names}
    return kept | {
        "has_credentials": connection.credentials is not None,
        "maps": [f"{entry.object} -> {entry.record}{'' if entry.source else ' (copy)'}" for entry in connection.maps],
        "last_heard": open_.connections.last_heard(connection.id),
    }


def check(connection: Connection) -> tuple[str, str, str]:
    """What `doctor` says of a connection's API: status, what, how to mend."""
    try:
        return "ok", f"API answers: {probe(connection)}", ""
    except AccoladeError as error:
        return ("warn" if not connection.credentials else "FAIL"), error.what, error.mend
