"""Settings: the company's own, read and changed by name."""

from dataclasses import replace
from functools import partial
from typing import Annotated, Any, Literal

from pydantic import Field

from accolade.model.errors import Rejected
from accolade.model.participants import Channel, Tenant
from accolade.programs.zones import zone_named
from accolade.web.api.operation import Call, Operation
from accolade.web.api.shapes import PLAIN, Closed, Flag, Json, example
from accolade.web.logos import data_address, is_svg
from accolade.web.visitors import Scope

_ADDRESS = r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}$"


class SettingsShape(Closed):
    """The company's own settings. `sending_hours`: local hours of the recipient, from and until; `paused`: channels on which
    nothing is sent now; `logo`: whether there is one; `alerts`: who of the staff is told when a budget runs low; `zone`: by its
    clock the staff's pages show times."""

    name: str
    unit: str
    accent: str
    logo: bool
    sender_email: str
    sending_hours: list[int]
    paused: list[str]
    names_in_sms: bool
    two_way_sms: bool
    sms_segments: int
    second_person: bool
    approve_redemptions_above: int | None
    adjust_alone_up_to: int
    alerts: list[str]
    alerts_locale: str
    zone: str


class SettingsWanted(Closed):
    """Settings to change; what is left out stays. `logo`: an SVG picture, empty to have none; `sender_email` has to be verified
    in SES; `zone`: an IANA time zone such as Europe/Amsterdam."""

    model_config = example({"unit": "stars", "sending_hours": [9, 18]})

    name: Annotated[str, Field(min_length=1, max_length=60, pattern=PLAIN)] | None = None
    unit: Annotated[str, Field(min_length=1, max_length=20, pattern=PLAIN)] | None = None
    accent: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] | None = None
    sending_hours: Annotated[list[Annotated[int, Field(strict=True, ge=0, le=24)]], Field(min_length=2, max_length=2)] | None = (
        None
    )
    paused: Annotated[list[Literal["email", "sms", "whatsapp"]], Field(max_length=3)] | None = None
    sender_email: Annotated[str, Field(max_length=254, pattern=_ADDRESS)] | None = None
    logo: Annotated[str, Field(max_length=8_000, pattern=PLAIN)] | None = None
    alerts: Annotated[list[Annotated[str, Field(max_length=254, pattern=_ADDRESS)]], Field(max_length=10)] | None = None
    alerts_locale: Literal["en", "nl"] | None = None
    zone: Annotated[str, Field(max_length=60, pattern=r"^[A-Za-z0-9_+/-]+$")] | None = None
    two_way_sms: Flag | None = None
    names_in_sms: Flag | None = None
    sms_segments: Annotated[int, Field(strict=True, ge=1, le=6)] | None = None
    second_person: Flag | None = None
    approve_redemptions_above: Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)] | None = None
    adjust_alone_up_to: Annotated[int, Field(strict=True, ge=0, le=10_000_000)] | None = None


def get_settings(call: Call) -> SettingsShape:
    """The settings."""
    return _settings(call.tenant)


def change_settings(call: Call, body: SettingsWanted) -> SettingsShape:
    """Change settings; what is not named stays."""
    wanted = _wanted(body)
    changed = call.house.tenants.put(replace(call.tenant, **wanted))
    for channel in set(call.tenant.paused) - set(changed.paused):
        call.house.pausing.resume(changed.id, channel, now=call.now)
    before, after = _settings(call.tenant).model_dump(mode="json"), _settings(changed).model_dump(mode="json")
    moved = [name for name in before if before[name] != after[name]]
    if moved:
        kept = {name: before[name] for name in moved}, {name: after[name] for name in moved}
        call.record("settings.changed", f"tenant:{changed.id}", before=kept[0], after=kept[1])
    return _settings(changed)


def _wanted(body: SettingsWanted) -> dict[str, Any]:
    """What is to be stored of what was sent; Rejected for what does not fit together."""
    said = body.model_dump(exclude_unset=True)
    wanted = {name: value for name, value in said.items() if value is not None or name == "approve_redemptions_above"}
    if hours := wanted.get("sending_hours"):
        if hours[0] >= hours[1]:
            raise Rejected("the day's end is before its beginning", where="body.sending_hours", mend="Write [9, 20]")
        wanted["sending_hours"] = tuple(hours)
    if "paused" in wanted:
        wanted["paused"] = tuple(it for it in Channel if it.value in wanted["paused"])
    if wanted.get("logo"):
        if not is_svg(wanted["logo"]):
            raise Rejected("this is no SVG picture", where="body.logo", mend="It begins with <svg and ends with </svg>")
        wanted["logo"] = data_address(wanted["logo"])
    if "zone" in wanted:
        zone_named(wanted["zone"], where="body.zone")
    if "alerts" in wanted:
        wanted["alerts"] = tuple(dict.fromkeys(wanted["alerts"]))
    return wanted


def _settings(it: Tenant) -> SettingsShape:
    kept: Json = {name: getattr(it, name) for name in SettingsShape.model_fields}
    more: Json = {"sending_hours": list(it.sending_hours), "paused": [one.value for one in it.paused]}
    return SettingsShape(**kept | more | {"logo": bool(it.logo), "alerts": list(it.alerts)})


_offered = partial(Operation, tag="house")

OPERATIONS = (
    _offered("GET", "/settings", Scope.SETTINGS_WRITE, get_settings, title="The settings"),
    _offered("PATCH", "/settings", Scope.SETTINGS_WRITE, change_settings, title="Change settings"),
)
