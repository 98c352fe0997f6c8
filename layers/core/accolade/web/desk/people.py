"""The people: found, filtered, shown page by page, and taken along as a file."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from accolade.flows.participant_csv import COLUMNS
from accolade.model.participants import Channel, Participant
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.channel_words import channel_name
from accolade.web.csv_file import csv_answer
from accolade.web.desk.acting import done_word, name_of
from accolade.web.forms import form_of
from accolade.web.people_list import Wanted
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope

SHOWN = 50
"""People on a page."""

READ = 2_000
"""People read for a page at most: where a search finds few, the page says how far it looked and leads on."""

EXPORTED = 20_000

_NUMBER = re.compile(r"P[0-9]{6,12}")


def people(ask: Ask) -> PageAnswer:
    """The list, filtered by the address."""
    wanted = _wanted(ask)
    after = ask.value("after", limit=20)
    found, older, looked = _page(ask, wanted, after if _NUMBER.fullmatch(after) else "")
    kept = {"q": wanted.search, "team": wanted.team, "active": wanted.active, "channel": wanted.channel}
    query = {name: value for name, value in kept.items() if value and not (name == "active" and value == "active")}
    t = ask.t
    done = {"imported": t.t("The import is done."), "merged": t.t("The two are one participant now.")}
    return site_rendered(
        ask,
        "desk/people.html",
        title=t.t("People"),
        room="people",
        people=[_row(ask, it) for it in found],
        form=form_of(ask, **kept),
        filtered=bool(query),
        looked=t.number(looked) if not found and older else "",
        older=f"people?{urlencode(query | {'after': older})}" if older else "",
        newer=f"people?{urlencode(query)}" if ask.value("after") else "",
        export=f"people/export?{urlencode(query)}",
        actives=[("active", t.t("Active")), ("left", t.t("Not active")), ("merged", t.t("Merged")), ("all", t.t("All"))],
        channels=[("", t.t("Any channel")), *((it.value, channel_name(t, it)) for it in Channel)],
        writes=ask.may(Scope.PEOPLE_WRITE),
        done=done_word(ask, done),
    )


def export(ask: Ask) -> PageAnswer:
    """The people of the list as a file that can be imported again."""
    wanted = _wanted(ask)
    rows: list[list[object]] = []
    for person in ask.house.people.list(ask.tenant.id):
        if wanted.fits(person):
            rows.append([*_cells(person), person.number, person.active])
        if len(rows) >= EXPORTED:
            break
    return csv_answer("people.csv", [*COLUMNS, "number", "active"], rows)


def _wanted(ask: Ask) -> Wanted:
    active = ask.value("active") or "active"
    return Wanted(
        ask.value("q"),
        ask.value("team"),
        active if active in ("active", "left", "merged", "all") else "active",
        ask.value("channel"),
    )


def _page(ask: Ask, wanted: Wanted, after: str) -> tuple[list[Participant], str, int]:
    """People of a page, the number after which there is more (empty: there is not), and how many were read."""
    found: list[Participant] = []
    read = 0
    last = after
    for person in ask.house.people.page(ask.tenant.id, after=after, limit=READ + 1):
        if len(found) == SHOWN or read == READ:
            return found, last, read
        read, last = read + 1, person.number
        if wanted.fits(person):
            found.append(person)
    return found, "", read


def _row(ask: Ask, person: Participant) -> dict[str, Any]:
    return {
        "number": person.number,
        "name": name_of(person),
        "id": person.id,
        "team": person.team or "",
        "manager": person.manager or "",
        "channels": ", ".join(channel_name(ask.t, it) for it in person.channels),
        "state": state_of(ask, person),
    }


def state_of(ask: Ask, person: Participant) -> str:
    """In a word what became of somebody who is not active; empty for everybody else."""
    if person.erased_on:
        return ask.t.t("Erased")
    if person.merged_into:
        return ask.t.t("Merged")
    return "" if person.active else ask.t.t("Not active")


def _cells(person: Participant) -> Iterator[object]:
    consents = "; ".join(f"{it.channel}:{it.given_on} {it.source}".strip() for it in person.consents)
    own = {
        "salesforce_user_id": person.identities.get("salesforce"),
        "hubspot_owner_id": person.identities.get("hubspot"),
        "channels": ";".join(person.channels),
        "consents": consents,
    }
    for column in COLUMNS:
        yield own[column] if column in own else getattr(person, column)


ROUTES = (
    Route("GET", "admin/people", Scope.PEOPLE, people),
    Route("GET", "admin/people/export", Scope.PEOPLE, export),
)
