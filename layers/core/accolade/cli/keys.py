"""`accolade key`: keys with which programs use the API, each with scopes of its own."""

import secrets
from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

import typer

from accolade.cli import screen
from accolade.cli.choices import chosen
from accolade.cli.session import DEFAULT_TENANT, AsJson, Session, TenantId, now, session
from accolade.cli.staff import BY
from accolade.store.actions import Actions
from accolade.store.keyring import LIFE, ApiKey, Keyring
from accolade.web.visitors import OWN, Scope

app = typer.Typer(help="Keys with which programs use the API.")

KeyId = Annotated[str, typer.Argument(metavar="ID", help="As accolade key list shows it.")]
SCOPES = sorted(scope.value for scope in frozenset(Scope) - OWN)
"""What a key may be given: it is nobody, so nothing about oneself."""


@app.command("add")
def add(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What the key is for; it stands in the audit log.")],
    scope: Annotated[list[str], typer.Option(help=f"May be given several times: {', '.join(SCOPES)}.")],
    days: Annotated[int, typer.Option(min=1, max=LIFE.days, help="For how many days it works.")] = LIFE.days,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Make a key; it is shown this once."""
    scopes = {chosen(it, SCOPES, where="--scope", noun="no scope that a key may have") for it in scope}
    open_ = session(context)
    own = open_.tenant(tenant)
    made, text = keyring(open_).add(own, name, scopes=scopes, now=now(), by=BY, life=timedelta(days=days))
    _record(open_, own, "key.added", made)
    screen.show(_row(made) | {"key": text}, f"{text}\nKeep it now: it is not shown again. Its id is {made.id}.", as_json=as_json)


@app.command("list")
def list_(context: typer.Context, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """The keys there are, newest first, and when they were last used."""
    open_ = session(context)
    rows = [_row(key) for key in keyring(open_).list(open_.tenant(tenant))]
    columns = ("id", "name", "scopes", "made_at", "expires", "used_on", "revoked_at")
    screen.show_list(rows, columns, as_json=as_json, empty="No key yet: accolade key add NAME --scope people")


@app.command("revoke")
def revoke(context: typer.Context, id_: KeyId, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """Let a key work no more, from now on."""
    open_ = session(context)
    own = open_.tenant(tenant)
    before = keyring(open_).get(own, id_)
    known = keyring(open_).revoke(own, id_, now=now())
    if before.revoked_at is None:
        _record(open_, own, "key.revoked", known)
    since = f" since {before.revoked_at:%Y-%m-%d}; nothing has changed" if before.revoked_at else ""
    screen.show(_row(known), f"key {known.id} ({known.name}) works no more{since}", as_json=as_json)


def keyring(open_: Session) -> Keyring:
    """The keys of a stack."""
    return Keyring(open_.db, secrets.token_bytes)


def _record(open_: Session, tenant: str, what: str, key: ApiKey) -> None:
    after = {"name": key.name, "scopes": sorted(key.scopes), "until": key.expires}
    Actions(open_.db).record(tenant, at=now(), by=BY, what=what, on=f"key:{key.id}", after=after)


def _row(key: ApiKey) -> dict[str, Any]:
    return asdict(key) | {"scopes": sorted(key.scopes)}
