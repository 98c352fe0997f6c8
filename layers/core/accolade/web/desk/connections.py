"""The connections: when each CRM was last heard, what it told, whether its API answers; paused and resumed."""

from dataclasses import replace
from typing import Any

from accolade import crm
from accolade.model.connections import Connection
from accolade.programs.record_words import several
from accolade.store.cursors import Cursor, Cursors
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.connecting import KINDS, connection_named, reader_of, resumed
from accolade.web.desk.acting import done_word, moment, noted, reason_of, tried, went
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope

COUNTED = 1_000
"""Records of a type that are counted; more are said as more."""


def connections(ask: Ask) -> PageAnswer:
    """All of them."""
    t, house = ask.t, ask.house
    rows = [_row(ask, it) for it in house.connections.list(ask.tenant.id)]
    return site_rendered(
        ask,
        "desk/connections.html",
        title=t.t("Connections"),
        room="connections",
        rows=rows,
        kinds=KINDS.items(),
        writes=ask.may(Scope.CONNECTIONS_WRITE),
        done="",
    )


def connection(ask: Ask) -> PageAnswer:
    """One of them."""
    return one(ask, connection_of(ask), FormState(ask.t, here=ask.args["connection"]))


def test(ask: Ask) -> PageAnswer:
    """Ask the CRM's API who we are there; what it says stands on the page."""
    it, form = connection_of(ask), form_of(ask)
    answer: list[str] = []
    well = tried(form, lambda: answer.append(reader_of(ask.house, it).probe()))
    return one(ask, it, form, tested=answer[0] if well else "")


def pause(ask: Ask) -> PageAnswer:
    """Let what the CRM tells wait, or take it up again: what waited is decided then."""
    it, form = connection_of(ask), form_of(ask)
    act, reason = form.one_of("act", ("pause", "resume")), reason_of(form)
    if not form.good:
        return one(ask, it, form, status=422)
    after = replace(it, paused=act == "pause")
    ask.house.connections.put(after)
    again = resumed(ask.house, after, now=ask.now) if act == "resume" else 0
    noted(
        ask,
        f"connection.{act}d",
        it.id,
        before={"paused": it.paused},
        after={"paused": after.paused, "decided_again": again},
        reason=reason,
    )
    return went(ask, f"admin/connections/{it.id}", f"{act}d")


def one(ask: Ask, it: Connection, form: FormState, *, tested: str = "", status: int = 200) -> PageAnswer:
    """The page of a connection; `tested`: what its API has just said."""
    t, house = ask.t, ask.house
    maps = [
        {
            "record": entry.record,
            "object": entry.object,
            "source": entry.source,
            "count": _count(ask, it, entry.record),
            "fields": len(entry.fields),
        }
        for entry in crm.maps_of(it)
    ]
    done = {
        "paused": t.t("Paused. What the CRM tells waits here."),
        "resumed": t.t("Resumed. What waited is decided now."),
        "mapped": t.t("The field map is stored. What changes in the CRM from now on is read with it."),
    }
    newest = house.parked.newest(ask.tenant.id, limit=COUNTED)
    waiting = sum(case.connection == it.id and case.state == "waiting" for _, case in newest)
    return site_rendered(
        ask,
        "desk/connection.html",
        status=status,
        title=f"{KINDS.get(it.crm, it.crm)} {it.id}",
        room="connections",
        it=it,
        heard=moment(ask, house.connections.last_heard(it.id)),
        since=moment(ask, it.since),
        sweeps=[_sweep(ask, cursor) for cursor in Cursors(house.db).list(it.id)],
        maps=maps,
        waiting=t.number(waiting) if waiting else "",
        form=form,
        tested=tested,
        writes=ask.may(Scope.CONNECTIONS_WRITE),
        done=done_word(ask, done),
    )


def connection_of(ask: Ask) -> Connection:
    """The connection of the address; Missing if the tenant has none of that id."""
    return connection_named(ask.house, ask.tenant.id, ask.args["connection"])


def _row(ask: Ask, it: Connection) -> dict[str, Any]:
    t, house = ask.t, ask.house
    heard = house.connections.last_heard(it.id)
    late = any(
        cursor.swept_at is None or (ask.now - cursor.swept_at).total_seconds() > 2700 for cursor in Cursors(house.db).list(it.id)
    )
    return {
        "id": it.id,
        "kind": KINDS.get(it.crm, it.crm),
        "external": it.external_id,
        "heard": moment(ask, heard),
        "trust": t.t("Messages are believed") if it.trust == "message" else t.t("Every record is read again"),
        "records": ", ".join(f"{several(entry.record, t)}: {_count(ask, it, entry.record)}" for entry in crm.maps_of(it)),
        "state": (t.t("Paused"), "warn")
        if it.paused
        else (t.t("Sweep is late"), "warn")
        if late
        else (t.t("Listens"), "good")
        if heard
        else (t.t("Not heard yet"), ""),
    }


def _sweep(ask: Ask, cursor: Cursor) -> dict[str, Any]:
    late = cursor.swept_at is None or (ask.now - cursor.swept_at).total_seconds() > 2700
    return {"object": cursor.object, "at": moment(ask, cursor.swept_at), "late": late}


def _count(ask: Ask, it: Connection, record: str) -> str:
    """How many records of a type this connection has told of, as far as is counted."""
    count = ask.house.connections.told(it, record, limit=COUNTED)
    return f"{ask.t.number(COUNTED)}+" if count >= COUNTED else ask.t.number(count)


ROUTES = (
    Route("GET", "admin/connections", Scope.CONNECTIONS, connections),
    Route("GET", "admin/connections/{connection}", Scope.CONNECTIONS, connection),
    Route("POST", "admin/connections/{connection}/test", Scope.CONNECTIONS_WRITE, test),
    Route("POST", "admin/connections/{connection}/pause", Scope.CONNECTIONS_WRITE, pause),
)
