"""What people read: each goal of a program as an SMS, an e-mail's subject and a line of the wallet, in both languages."""

from datetime import datetime
from typing import Any

from accolade.channels.email.letter import letter
from accolade.channels.sms.septets import segments
from accolade.channels.sms.wording import worded
from accolade.model.deliveries import Delivery, Line
from accolade.model.errors import AccoladeError
from accolade.model.participants import Tenant
from accolade.programs.rules import Milestone, Program
from accolade.programs.words import program_sentences
from accolade.texts import LANGUAGES, Texts, chosen, texts
from accolade.texts.phrases import why
from accolade.texts.plain import plain
from accolade.texts.refusals import told
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.desk.program_seen import head, seen
from accolade.web.desk.rules.checking import look
from accolade.web.rendering import site_rendered

SHOWN = 25
"""Goals on the page."""

BALANCE, SUBJECT, DAYS = 1_240, "Northwind renewal", 10
"""Sample data: what the wallet holds then, what the deal is called and how long it took."""

NAMES = {"en": "English", "nl": "Nederlands"}


def words(ask: Ask) -> PageAnswer:
    """Sample messages of the draft, or of the newest version."""
    it = seen(ask)
    looked = look(it.draft.text, id_=it.id, own=ask.house.publishing.own_fields(ask.tenant.id), t=ask.t) if it.draft else None
    program = looked.program if looked and looked.program else it.newest
    goals = [_goal(goal, program, ask) for goal in program.milestones[:SHOWN]] if program else []
    return site_rendered(
        ask,
        "desk/program_words.html",
        **head(ask, it, "words"),
        version=program.version if program and not (looked and looked.program) else None,
        unread=looked is not None and looked.program is None,
        goals=goals,
        rules=[(code, NAMES[code], program_sentences(program, texts(code))) for code in LANGUAGES] if program else [],
        more=max(0, len(program.milestones) - SHOWN) if program else 0,
        subject=SUBJECT,
    )


def _goal(goal: Milestone, program: Program, ask: Ask) -> dict[str, Any]:
    delivery = sample(goal, program, ask.now)
    told = [{"code": code, "name": NAMES[code], **_told(delivery, ask.tenant, texts(code), ask)} for code in LANGUAGES]
    title = chosen(goal.title, ask.t.language)
    named = plain("" if "{" in title else title, limit=120)
    return {
        "id": goal.id,
        "title": named,
        "told": told,
        "untitled": [NAMES[code] for code in LANGUAGES if code not in goal.title],
    }


def _told(delivery: Delivery, tenant: Tenant, t: Texts, ask: Ask) -> dict[str, str]:
    """The message in one language, as the channels would write it."""
    link = f"{tenant.public_url or 'https://acme.example'}/w/7Hq2"
    try:
        sms = worded(delivery, tenant=tenant, link=link, texts=t)
        parts = ask.t.n("%(count)s segment", "%(count)s segments", segments(sms))
    except AccoladeError as error:
        sms, parts = told(ask.t, error), ""
    subject = letter(delivery, tenant=tenant, link=link, unsubscribe_link=f"{link}/stop", texts=t)["subject"]
    line = why(t, delivery.lines[0], delivery.created_at)
    wallet = f"+{t.number(delivery.lines[0].points)} {line[:1].upper()}{line[1:]}"
    return {"sms": sms, "parts": parts, "subject": plain(subject, limit=300), "wallet": plain(wallet, limit=300)}


def sample(goal: Milestone, program: Program, now: datetime) -> Delivery:
    """A message about one award of a goal, with made-up data: nobody is sent it."""
    by_record = goal.calendar is None
    record = f"sample:{goal.record}:1" if by_record else None
    points = sample_points(goal)
    line = Line("sample", points, "accrual", goal.id, goal.kind, goal.title, _facts(goal, now))
    return Delivery(
        id="sample",
        tenant="sample",
        participant="P000001",
        program=program.id,
        record=record,
        subject=SUBJECT if by_record and goal.record == "deal" else "",
        lines=(line,),
        balance=BALANCE + points,
        created_at=now,
        due_at=now,
    )


def sample_points(goal: Milestone) -> int:
    """What one award of it may be worth: the first place, the first tier, a field's cap."""
    if goal.rank is not None:
        first = goal.rank.shares[0] if goal.rank.shares else 0
        return int((goal.rank.pot or 0) * first) or (goal.rank.prizes[0] if goal.rank.prizes else 100)
    if goal.tiers:
        return goal.tiers[0].points
    return goal.points.fixed or min(goal.points.cap or 100, 100)


def _facts(goal: Milestone, now: datetime) -> dict[str, str | int]:
    facts: dict[str, str | int] = {}
    if goal.calendar is not None:
        facts["period"] = goal.calendar.period_of(now.date()).id
    if goal.n:
        facts |= {"count": int(goal.n), "n": int(goal.n)}
    if goal.kpi is not None:
        facts["unit_kpi"] = goal.kpi.name
    if goal.rank is not None:
        facts["place"] = 1
    if goal.record == "deal" and goal.calendar is None:
        facts["days"] = DAYS
    return facts
