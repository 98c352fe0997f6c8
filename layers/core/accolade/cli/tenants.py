"""`accolade tenant`: the companies of a stack and how their messages look."""

import re
from dataclasses import asdict, replace
from typing import Annotated, Any

import typer

from accolade.cli import screen
from accolade.cli.session import AsJson, session
from accolade.flows.budget_alerts import addresses
from accolade.model.errors import Rejected
from accolade.programs.zones import zone_named
from accolade.texts import LANGUAGES

app = typer.Typer(help="Companies and their sending settings.")

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
    open_ = session(context)
    tenant = open_.addressed(open_.tenants.ensure(id_, name=name, sender_email=sender_email))
    screen.show(asdict(tenant), f"tenant {tenant.id}, number {tenant.number}, sends as {tenant.sender_email}", as_json=as_json)


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
    open_ = session(context)
    tenant = open_.tenants.ensure(id_) if id_ == "default" else open_.tenants.get(id_)
    wanted: dict[str, Any] = {
        "name": name,
        "sender_email": sender_email,
        "sending_hours": _hours(sending_hours),
        "unit": unit,
        "accent": _accent(accent),
        "public_url": public_url.rstrip("/") if public_url else public_url,
        "names_in_sms": names_in_sms,
        "two_way_sms": two_way_sms,
        "sms_segments": sms_segments,
        "second_person": second_person,
        "alerts": None if alerts is None else addresses(alerts),
        "alerts_locale": _language(alerts_locale),
        "zone": None if zone is None else zone_named(zone, where="--zone"),
    }
    changed = replace(tenant, **{key: value for key, value in wanted.items() if value is not None})
    if approve_redemptions_above is not None:
        limit = None if approve_redemptions_above < 0 else approve_redemptions_above
        changed = replace(changed, approve_redemptions_above=limit)
    open_.tenants.put(changed)
    screen.show(asdict(changed), f"tenant {changed.id} is set", as_json=as_json)


def _accent(text: str | None) -> str | None:
    if text is not None and not re.fullmatch(r"#[0-9a-fA-F]{6}", text):
        raise Rejected(f"{text!r} is not a colour", where="--accent", mend="Write it as #0b6e4f")
    return text


def _language(text: str | None) -> str | None:
    if text not in (None, *LANGUAGES):
        mend = f"Use one of {', '.join(LANGUAGES)}"
        raise Rejected(f"{text!r} is not a language we have", where="--alerts-locale", mend=mend)
    return text


def _hours(text: str | None) -> tuple[int, int] | None:
    if text is None:
        return None
    found = re.fullmatch(r"(\d{1,2})-(\d{1,2})", text)
    hours = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 0 <= hours[0] < hours[1] <= 24:
        raise Rejected(f"{text!r} are not hours", where="--sending-hours", mend="Write them as 9-20")
    return hours
