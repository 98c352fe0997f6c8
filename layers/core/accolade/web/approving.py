"""What waits for a person, as the staff and managers see it: awards and nominations, explained, approved or refused."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from accolade.flows.asking_managers import award_id
from accolade.flows.explain import Asked
from accolade.flows.nominations import Nomination
from accolade.model.errors import AccoladeError
from accolade.model.participants import Participant
from accolade.programs.signal_words import NAMES
from accolade.store.outstanding import Held
from accolade.texts import Texts, chosen
from accolade.texts.phrases import points
from accolade.texts.plain import plain
from accolade.web.asking import Ask
from accolade.web.desk.acting import moment, name_of, noted, reason_of, tried
from accolade.web.forms import FormState
from accolade.web.waiting import owner_of
from accolade.web.why_words import explained

SHOWN = 100
"""Lines of each kind on a page."""


def award_rows(ask: Ask, held: Iterable[Held]) -> list[dict[str, Any]]:
    """Awards as lines of a list."""
    found = list(held)[:SHOWN]
    people = ask.house.people.participants(ask.tenant.id, {owner_of(it) for it in found})
    return [award_row(ask, it, people.get(owner_of(it))) for it in found]


def award_row(ask: Ask, it: Held, person: Participant | None) -> dict[str, Any]:
    """One award as a line."""
    return {
        "id": award_id(ask.tenant.id, it.award),
        "who": name_of(person) if person else owner_of(it),
        "number": owner_of(it),
        "points": points(ask.t, it.points, ask.tenant.unit),
        "what": title_of(ask, *it.award.split("/")[:2]),
        "why": why_waits(ask.t, it.reason),
        "since": moment(ask, it.at),
    }


def award_words(ask: Ask, held: Held) -> dict[str, Any]:
    """One award for the page on which it is decided: its line, and the explanation."""
    person = ask.house.people.by_number(ask.tenant.id, owner_of(held))
    row = award_row(ask, held, person)
    return {"title": row["what"], "it": row, "award": explanation(ask, held, person)}


def explanation(ask: Ask, held: Held, person: Participant) -> dict[str, Any] | None:
    """Why the award is due, as it is judged now; None if that cannot be said."""
    _, milestone, _, scope = held.award.split("/", 3)
    asked = Asked(milestone=milestone, record=str(held.record) if held.record else "")
    try:
        found = ask.house.explainer.explain(person, asked, now=ask.now).awards
    except AccoladeError:
        return None
    wanted = [it for it in found if it.scope == scope] or list(found)
    return explained(wanted[0], ask.t, zone=ask.zone, now=ask.now) if wanted else None


def decide_award(ask: Ask, held: Held, form: FormState) -> bool:
    """Approve or refuse an award as the form says, under the visitor's name; False with problems in the form if not."""
    act, reason = form.one_of("act", ("approve", "refuse")), reason_of(form)
    flow = ask.house.approvals
    decide = flow.approve if act == "approve" else flow.refuse
    if not form.good:
        return False
    if not tried(form, lambda: decide(ask.tenant.id, held.award, by=ask.who.name, reason=reason, now=ask.now)):
        return False
    done = "approved" if act == "approve" else "refused"
    noted(ask, f"award.{done}", held.award, before={"awaiting": held.points}, after={"decision": done}, reason=reason)
    return True


def nomination_rows(ask: Ask, found: Iterable[Nomination]) -> list[dict[str, Any]]:
    """Nominations as lines of a list, the oldest first."""
    listed = sorted(found, key=lambda it: (it.nominated_on, it.id))[:SHOWN]
    numbers = {number for it in listed for number in (it.nominee, it.nominator)}
    names = {number: name_of(it) for number, it in ask.house.people.participants(ask.tenant.id, numbers).items()}
    return [
        {
            "id": it.id,
            "who": names.get(it.nominee, it.nominee),
            "number": it.nominee,
            "by": names.get(it.nominator, it.nominator),
            "what": title_of(ask, *it.milestone.split("/")[:2]),
            "reason": plain(it.reason, limit=400),
            "since": ask.t.date(date.fromisoformat(it.nominated_on)) if it.nominated_on else "",
            "state": nomination_state(ask.t, it.state),
            "waits": it.state == "waits",
            "decided_by": it.decided_by,
        }
        for it in listed
    ]


def decide_nomination(ask: Ask, id_: str, form: FormState) -> bool:
    """Approve, decline or withdraw a nomination as the form says; False with problems in the form if it could not be."""
    act, reason = form.one_of("act", ("approve", "refuse", "withdraw")), reason_of(form)
    if not form.good:
        return False
    flow = ask.house.nominations(ask.tenant.id)
    decide = {"approve": flow.approve, "refuse": flow.decline, "withdraw": flow.withdraw}[act]
    if not tried(form, lambda: decide(id_, by=ask.who.name, reason=reason, now=ask.now)):
        return False
    done = {"approve": "approved", "refuse": "declined", "withdraw": "withdrawn"}[act]
    noted(ask, f"nomination.{done}", f"nomination:{id_}", after={"decision": done}, reason=reason)
    return True


def title_of(ask: Ask, program: str, milestone: str = "") -> str:
    """A milestone by its author's title, with its program; their ids where there is none."""
    versions = ask.house.programs.rulebook(ask.tenant.id).versions(program)
    if not versions:
        return plain(f"{milestone}, {program}", limit=120)
    found = versions[-1].milestone(milestone)
    text = chosen(found.title, ask.t.language) if found else ""
    name = plain("" if "{" in text else text, limit=80) or milestone.replace("-", " ")
    return f"{name[:1].upper()}{name[1:]}, {plain(chosen(versions[-1].title, ask.t.language) or program, limit=80)}"


def why_waits(t: Texts, reason: str) -> str:
    """Why an award waits: it is large, or a signal noticed something."""
    if reason in ("above", ""):
        return t.t("It is more than the program lets pass.")
    return t.t("A signal noticed: %(what)s.", what=plain(t.t(NAMES.get(reason, reason.replace("_", " "))), limit=80))


def signed_words(t: Texts, what: str) -> str:
    """What somebody signed, as people read it."""
    return {
        "approved": t.t("Award approved"),
        "refused": t.t("Award refused"),
        "nominated": t.t("Nominated"),
        "nomination approved": t.t("Nomination approved"),
        "nomination declined": t.t("Nomination declined"),
        "nomination withdrawn": t.t("Nomination withdrawn"),
    }.get(what, what)


def nomination_state(t: Texts, state: str) -> str:
    """A nomination's state as people read it."""
    words = {"waits": t.t("Waits"), "approved": t.t("Approved"), "declined": t.t("Declined"), "withdrawn": t.t("Withdrawn")}
    return words.get(state, state)
