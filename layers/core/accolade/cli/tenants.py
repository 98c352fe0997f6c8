"""`accolade tenant`: the companies of a stack and how their messages look."""

import re
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from functools import partial
from typing import Annotated, Any

import typer

from accolade.cli import screen
from accolade.cli.choices import chosen
from accolade.cli.session import AsJson, session
from accolade.flows.budget_alerts import addresses
from accolade.identity.members import ADDRESS
from accolade.model.errors import Rejected
from accolade.programs.zones import zone_named
from accolade.texts import LANGUAGES

app = typer.Typer(help="Companies and their sending settings.")

_URL = re.compile(r"https?://[A-Za-z0-9.:\[\]-]{1,200}(/[A-Za-z0-9./_~-]{0,200})?")
_ID = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?")


@app.command("add")
def add(
    context: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="ID", help="The tenant.")],
    name: Annotated[str, typer.Option(help="What people read as sender.")] = "",
    sender_email: Annotated[str, typer.Option(help="Address the e-mails come from (verified in SES).")] = "",
    as_json: AsJson = False,
) -> None:
    """Add a tenant; one that is there already stays as it is."""
    if not _ID.fullmatch(id_):
        raise Rejected(f"{id_!r} is not a tenant id", mend="Use up to 40 lower-case letters, digits and hyphens")
    given = {key: _READ[key](value) for key, value in (("name", name), ("sender_email", sender_email)) if value}
    open_ = session(context)
    known = open_.tenants.find(id_)
    tenant = open_.addressed(known or open_.tenants.ensure(id_, **given))
    other = known is not None and any(getattr(known, key) != value for key, value in given.items())
    note = f"; it was there before and stays as it is: accolade tenant set {id_} changes it" if other else ""
    text = f"tenant {tenant.id}, number {tenant.number}, sends as {tenant.sender_email}{note}"
    screen.show(asdict(tenant), text, as_json=as_json)


@app.command("list")
def list_(context: typer.Context, as_json: AsJson = False) -> None:
    """The tenants there are."""
    rows = [asdict(tenant) for tenant in session(context).tenants.list()]
    columns = ("id", "number", "name", "sender_email", "sending_hours", "paused", "public_url")
    screen.show_list(rows, columns, as_json=as_json, empty="No tenant yet: accolade tenant add ID")


@app.command("set")
def set_(
    context: typer.Context,
    id_: Annotated[str, typer.Argument(metavar="ID", help="The tenant.")],
    name: Annotated[str | None, typer.Option(help="What people read as sender.")] = None,
    sender_email: Annotated[str | None, typer.Option(help="Address the e-mails come from.")] = None,
    sending_hours: Annotated[
        str | None, typer.Option(help="Local hours of the recipient, for example 9-20; 0-24: always.")
    ] = None,
    unit: Annotated[str | None, typer.Option(help="What points are called.")] = None,
    accent: Annotated[str | None, typer.Option(help="Colour of buttons, for example #0b6e4f.")] = None,
    public_url: Annotated[str | None, typer.Option(help="Where wallet pages are reached.")] = None,
    names_in_sms: Annotated[bool | None, typer.Option(help="Whether a deal's name may stand in an SMS.")] = None,
    two_way_sms: Annotated[bool | None, typer.Option(help="Whether the number takes STOP.")] = None,
    sms_segments: Annotated[int | None, typer.Option(min=1, max=6, help="SMS segments at most.")] = None,
    second_person: Annotated[bool | None, typer.Option(help="Whether a program needs another person's approval.")] = None,
    approve_redemptions_above: Annotated[
        int | None, typer.Option(min=-1, max=10**9, help="Redemptions of more points wait for a person; -1: none do.")
    ] = None,
    alerts: Annotated[
        str | None,
        typer.Option(help='E-mail addresses of those who are told when a budget runs low, apart by commas; "": nobody.'),
    ] = None,
    alerts_locale: Annotated[str | None, typer.Option(help="In which language: en or nl.")] = None,
    zone: Annotated[
        str | None, typer.Option(help="Time zone by which the staff read times, for example Europe/Amsterdam.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Change settings; what is not named stays."""
    given = {key: value for key, value in context.params.items() if key not in _NO_SETTING and value is not None}
    if not given:
        there = ", ".join(it.opts[0] for it in context.command.params if it.name not in _NO_SETTING)
        raise Rejected("no setting is named, so nothing is changed", mend=f"Name what to change: {there}")
    wanted = {key: _READ[key](value) if key in _READ else value for key, value in given.items()}
    open_ = session(context)
    tenant = open_.tenants.ensure(id_) if id_ == "default" else open_.tenants.get(id_)
    changed = replace(tenant, **wanted)
    open_.tenants.put(changed)
    text = f"tenant {changed.id} is set" if changed != tenant else f"tenant {changed.id} was so already; nothing has changed"
    screen.show(asdict(changed), text, as_json=as_json)


_NO_SETTING = ("id_", "as_json")


def _words(option: str, most: int, text: str) -> str:
    if not 1 <= len(text.strip()) <= most or not text.isprintable():
        raise Rejected(f"{text[:60]!r} cannot be taken", where=option, mend=f"Write 1 to {most} characters on one line")
    return text.strip()


def _sender(text: str) -> str:
    if not ADDRESS.fullmatch(text):
        raise Rejected("this is not an e-mail address", where="--sender-email", mend="Write it as name@example.com")
    return text


def _address(text: str) -> str:
    """Where the pages are reached; empty: at the stack's own address."""
    if text and not _URL.fullmatch(text):
        raise Rejected(f"{text[:80]!r} is not an address", where="--public-url", mend="Write it as https://rewards.example.com")
    return text.rstrip("/")


def _accent(text: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise Rejected(f"{text!r} is not a colour", where="--accent", mend="Write it as #0b6e4f")
    return text


def _hours(text: str) -> tuple[int, int]:
    found = re.fullmatch(r"(\d{1,2})-(\d{1,2})", text)
    hours = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 0 <= hours[0] < hours[1] <= 24:
        raise Rejected(f"{text!r} are not hours", where="--sending-hours", mend="Write them as 9-20")
    return hours


_READ: Mapping[str, Callable[[Any], Any]] = {
    "name": partial(_words, "--name", 60),
    "unit": partial(_words, "--unit", 20),
    "sender_email": _sender,
    "sending_hours": _hours,
    "accent": _accent,
    "public_url": _address,
    "approve_redemptions_above": lambda points: None if points < 0 else points,
    "alerts": addresses,
    "alerts_locale": lambda text: chosen(text, LANGUAGES, where="--alerts-locale", noun="not a language we have"),
    "zone": partial(zone_named, where="--zone"),
}
"""How settings read that are more than they look like."""
