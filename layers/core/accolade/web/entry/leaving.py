"""Signing out: the session is over on our side, and the browser forgets it."""

from accolade.web.answers import PageAnswer, moved
from accolade.web.asking import Ask
from accolade.web.entry.cookies import CHALLENGE, LINK, SESSION, STAFF, gone
from accolade.web.entry.places import COMPANY
from accolade.web.entry.staff import leaving_hosted
from accolade.web.rendering import site_rendered


def out(ask: Ask) -> PageAnswer:
    """`POST sign-in/out`: ends the session whose form it is. Of a participant the opened link goes too: the browser may be
    one that others use."""
    staff = ask.visitor is not None and ask.visitor.how == "staff"
    session = ask.house.sessions.find(ask.request.cookies.get(STAFF if staff else SESSION, ""), now=ask.now)
    if session is not None:
        ask.house.sessions.end(session)
    if session is not None and staff:
        ask.house.actions.record(session.tenant, at=ask.now, by=session.name, what="staff.signed_out", on=session.name)
    forgotten = (STAFF,) if staff else (SESSION, CHALLENGE, LINK)
    company = f"&company={session.tenant}" if session is not None and not staff else ""
    return moved(f"{ask.root}sign-in/left?as={'staff' if staff else 'person'}{company}", cookies=tuple(map(gone, forgotten)))


def left(ask: Ask) -> PageAnswer:
    """`GET sign-in/left`: says that it is done, and how to come back."""
    staff, company = ask.value("as") == "staff", ask.value("company", limit=64)
    hosted = leaving_hosted(ask) if staff else ""
    return site_rendered(
        ask, "entry/left.html", staff=staff, hosted=hosted, company=company if COMPANY.fullmatch(company) else ""
    )
