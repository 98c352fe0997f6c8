"""`accolade staff`: who may sign in to the pages of admins, finance and support."""

import secrets
from dataclasses import asdict
from typing import Annotated, Any

import typer

from accolade import wiring
from accolade.cli import screen
from accolade.cli.choices import chosen
from accolade.cli.session import DEFAULT_TENANT, AsJson, Session, TenantId, now, session
from accolade.identity.members import ADDRESS, Member, Members, first_password
from accolade.model.errors import Rejected
from accolade.store.actions import Actions
from accolade.store.sessions import Sessions
from accolade.web.visitors import ROLES

app = typer.Typer(help="Who may sign in to the pages of admins, finance and support.")

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="With this address they sign in.")]
Roles = Annotated[list[str], typer.Option("--role", help=f"One of {', '.join(ROLES)}; may be given several times.")]

BY = "the accolade command"
_STATES = {"FORCE_CHANGE_PASSWORD": "has not signed in yet", "CONFIRMED": "has signed in"}


@app.command("add")
def add(
    context: typer.Context,
    email: Email,
    role: Roles,
    print_password: Annotated[
        bool, typer.Option("--print-password", help="Show a temporary password here, this once, instead of mailing one.")
    ] = False,
    tenant: TenantId = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Make an account; a temporary password is mailed by Amazon Cognito, or shown here."""
    open_ = session(context)
    own, roles, address = open_.tenant(tenant), _roles(role), _address(email)
    password = first_password(secrets.token_bytes(12)) if print_password else ""
    made = members(open_).add(address, own, roles, password=password)
    _record(open_, own, "staff.added", address, before=None, after=sorted(roles))
    how = f"temporary password: {password}" if password else "a temporary password was mailed"
    shown = _row(made) | ({"password": password} if password else {})
    screen.show(shown, f"{made.email} is {_said(made)} of {own}; {how}", as_json=as_json)


@app.command("list")
def list_(context: typer.Context, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """Who may sign in, and as what."""
    open_ = session(context)
    rows = [_row(member) for member in members(open_).list(open_.tenant(tenant))]
    screen.show_list(
        rows, ("email", "roles", "state"), as_json=as_json, empty="Nobody yet: accolade staff add EMAIL --role admin"
    )


@app.command("roles")
def roles(context: typer.Context, email: Email, role: Roles, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """Give these roles and no others; whoever is signed in has to sign in again."""
    open_ = session(context)
    own, accounts, address = open_.tenant(tenant), members(open_), _address(email)
    before, wanted = accounts.get(own, address), _roles(role)
    if wanted == before.roles:
        screen.show(_row(before), f"{before.email} is {_said(before)} of {own} already; nothing has changed", as_json=as_json)
        return
    after = accounts.set_roles(own, address, wanted)
    _signed_out(open_, own, address)
    _record(open_, own, "staff.roles_changed", address, before=sorted(before.roles), after=sorted(after.roles))
    screen.show(_row(after), f"{after.email} is {_said(after)} of {own}", as_json=as_json)


@app.command("remove")
def remove(context: typer.Context, email: Email, tenant: TenantId = DEFAULT_TENANT, as_json: AsJson = False) -> None:
    """Take the account away; sessions end at once."""
    open_ = session(context)
    own, address = open_.tenant(tenant), _address(email)
    gone = members(open_).remove(own, address)
    ended = _signed_out(open_, own, address)
    _record(open_, own, "staff.removed", address, before=sorted(gone.roles), after=None)
    screen.show(_row(gone) | {"sessions_ended": ended}, f"{gone.email} may not sign in any more", as_json=as_json)


def members(open_: Session) -> Members:
    """The accounts of a stack."""
    pool = open_.stack.output("UserPoolId")  # first: opening the stack points this process at it
    return Members(wiring.client("cognito-idp"), pool)


def _signed_out(open_: Session, tenant: str, email: str) -> int:
    return Sessions(open_.db, secrets.token_bytes).end_all(tenant, email)


def _record(open_: Session, tenant: str, what: str, email: str, *, before: Any, after: Any) -> None:
    Actions(open_.db).record(tenant, at=now(), by=BY, what=what, on=email, before=before, after=after)


def _roles(given: list[str]) -> set[str]:
    return {chosen(it, ROLES, where="--role", noun="no role") for it in given}


def _address(email: str) -> str:
    if not ADDRESS.fullmatch(email):
        raise Rejected("this is not an e-mail address", mend="Write it as name@example.com")
    return email.lower()


def _row(member: Member) -> dict[str, Any]:
    return asdict(member) | {"roles": sorted(member.roles), "state": _STATES.get(member.state, member.state.lower())}


def _said(member: Member) -> str:
    return " and ".join(sorted(member.roles)) or "without a role"
