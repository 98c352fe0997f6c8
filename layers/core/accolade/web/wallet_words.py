"""The wallet page in words: a person's view turned into the texts and numbers that the template shows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from markupsafe import Markup

from accolade.flows.wallet_view import FeedLine, PersonView, Step
from accolade.model.deliveries import Announcement, DeliveryState, Progress
from accolade.model.ledger import EntryKind
from accolade.model.money import Money
from accolade.model.redemptions import Redemption
from accolade.model.times import zone_of
from accolade.programs.rules import Program
from accolade.programs.words import program_sentences
from accolade.texts import Texts, chosen
from accolade.texts.news import PARAGRAPH_LIMIT, closing_words, headline
from accolade.texts.phrases import next_step, points, way_back, what_happened, why
from accolade.texts.plain import one_line, plain
from accolade.wallet.moving import PROGRAM as MERGE
from accolade.web.channel_words import channel_name
from accolade.web.moments import instant

MINUS = "\u2212"

SHORT = 40
"""Characters of a name that a line shows in full even on a phone; longer ones are repeated in its details."""


def wallet_words(view: PersonView, t: Texts, *, now: datetime, zone: str = "") -> dict[str, Any]:
    """Everything that `wallet.html` shows, but links and tokens. `zone`: the reader's, if it is not the wallet's owner."""
    wallet, unit = view.wallet, view.tenant.unit
    zone = zone or view.participant.zone
    worded = points(t, wallet.available, unit)
    under = [(t.t("%(points)s pending"), wallet.pending), (t.t("%(points)s kept for an order"), wallet.held)]
    owed = t.t("You still owe %(points)s: what you earn next pays this back first.", points=points(t, wallet.debt, unit))
    return {
        "heading": t.t("Wallet of %(name)s", name=plain(view.participant.name, limit=80)),
        "balance": t.number(wallet.available),
        "unit": worded.removeprefix(t.number(wallet.available)).strip(),
        "worded": worded,
        "under": [text % {"points": points(t, amount, unit)} for text, amount in under if amount] + _expiring(view, t),
        "owed": owed if wallet.debt else "",
        "steps": [_step(step, t, unit) for step in view.steps],
        "lines": [_line(line, view, t, now, zone) for line in view.feed],
        "news": [_news(it, t) for it in view.news],
        "newest": view.newest,
        "older": view.older,
        "rules": [_rules(program, t, now) for program in view.programs],
        "contact": view.tenant.sender_email,
    }


def _expiring(view: PersonView, t: Texts) -> list[str]:
    """What expires soonest."""
    soonest = ((points(t, amount, view.tenant.unit), t.date(day)) for day, amount in view.expiring[:1])
    return [t.t("%(points)s will expire on %(on)s", points=worded, on=on) for worded, on in soonest]


_LEADS_TO = {"ready": "me/rewards", "returned": "me/rewards", "declined": "me/rewards", "answered": "me/disputes"}
"""The page on which there is more about news of that kind."""


def _news(news: Announcement, t: Texts) -> dict[str, Any]:
    sentences = [plain(sentence, limit=PARAGRAPH_LIMIT) for sentence in news.sentences]
    ready = news.event == "ready"  # the message says to open the wallet, which this is
    return {
        "headline": t.t("%(title)s is ready.", title=plain(chosen(news.title, t.language), limit=80))
        if ready
        else headline(t, news),
        "sentences": sentences,
        "long": news.event == "started",  # all of it stands among the rules below, too
        "closing": "" if ready else closing_words(t, news),
        "to": _LEADS_TO.get(news.event, ""),
        "to_words": t.t("Your questions") if news.event == "answered" else t.t("Look at it") if ready else t.t("My rewards"),
    }


def step_words(step: Step, t: Texts, unit: str) -> dict[str, Any]:
    """A step as pages show it: in words, with how far it is."""
    return _step(step, t, unit)


def _step(step: Step, t: Texts, unit: str) -> dict[str, Any]:
    milestone = step.milestone
    until = step.last_day.isoformat() if step.last_day else None
    # "1 more win" would be wrong where only some wins count: those goals are called by their title.
    plainly = milestone.kpi is not None and milestone.kpi.tree in (None, step.program.audience_tree)
    kpi = milestone.kpi.name if milestone.kpi and plainly else ""
    done = min(step.done, step.needed)
    progress = Progress(milestone.id, milestone.title, milestone.kind, done, step.needed, step.points or 0, until, kpi=kpi)
    words = _capital(next_step(t, progress, unit))
    title = plain(chosen(milestone.title, t.language) or milestone.id, limit=80)
    return {
        "words": words,
        "title": "" if title in words else title,
        "done": done,
        "needed": step.needed,
        "share": _share(step, done, t),
    }


def _share(step: Step, done: int, t: Texts) -> str:
    if step.milestone.progress_unit == "percent":
        return t.t("%(done)s of %(needed)s", done=t.percent(done, 100), needed=t.percent(step.needed, 100))
    if step.milestone.progress_unit == "deals":
        return t.t("%(done)s of %(needed)s", done=t.number(done), needed=t.number(step.needed))
    return t.percent(done, step.needed)


def _line(line: FeedLine, view: PersonView, t: Texts, now: datetime, zone: str) -> dict[str, Any]:
    tone = "up" if line.points > 0 else "down" if line.points < 0 else "none"
    sign = {"up": "+", "down": MINUS, "none": ""}[tone]
    goal = _capital(why(t, line.line, now))
    moved, taken = _moved(line, t), _taken(line, t)
    return {
        "words": moved or taken or goal,
        "goal": goal if taken and not moved else "",
        "subject": reward_title(line.redemption, t) if line.redemption else plain(line.subject, limit=120),
        "points": f"{sign}{t.number(abs(line.points))}" if line.points or not moved else "",
        "tone": tone,
        "leads": _leads(line),
        "to": line.entry.cause.scope,
        "seq": line.entry.seq,
        "when": _moment(line.entry.at, zone, t, now),
        "reasons": [(name, value) for name, value in _reasons(line, view, t, zone) if value],
    }


def _leads(line: FeedLine) -> str:
    """Which page says more about it; empty where there is no more to say."""
    if line.redemption:
        return "reward"
    if line.entry.cause.program == MERGE:
        return ""
    return {EntryKind.ADJUSTMENT: "question", EntryKind.EXPIRY: ""}.get(line.entry.kind, "why")


def _moved(line: FeedLine, t: Texts) -> str:
    """What became of points that no rule gave or took; empty for awards."""
    if line.entry.cause.program == MERGE:
        out = line.entry.cause.milestone == "out"
        return t.t("Moved to your other number") if out else t.t("Moved from your other number")
    words = {
        EntryKind.HOLD: t.t("Ordered"),
        EntryKind.SPEND: t.t("Delivered"),
        EntryKind.RELEASE: t.t("Points back"),
        EntryKind.ADJUSTMENT: t.t("Correction after your question"),
        EntryKind.EXPIRY: t.t("Expired"),
    }
    return words.get(line.entry.kind, "")


def reward_title(redemption: Redemption, t: Texts) -> str:
    """What was redeemed, with its value: "bol. gift card, €10.00"."""
    title = one_line(chosen(redemption.title, t.language) or redemption.item, limit=80)
    return f"{title}, {t.money(Money(redemption.value, redemption.currency))}"


def _taken(line: FeedLine, t: Texts) -> str:
    """What happened to the record that points went back, in a word or two; empty for lines that give."""
    if line.entry.kind is EntryKind.WRITEOFF:
        return t.t("Written off")
    if line.entry.kind is not EntryKind.CLAWBACK:
        return ""
    words = {
        "reopened": t.t("Reopened"),
        "lost": t.t("Lost"),
        "amount": t.t("Amount changed"),
        "owner": t.t("Credited to somebody else"),
        "deleted": t.t("Deleted"),
        "merged": t.t("Merged"),
    }
    return words.get(str(line.line.facts.get("reason")), t.t("Taken back"))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _moment(at: datetime, zone: str, t: Texts, now: datetime) -> Markup:
    """A day in the reader's zone, the exact instant on hover."""
    there = at.astimezone(zone_of(zone)).date()
    day = t.day(there) if there.year == now.astimezone(zone_of(zone)).year else t.date(there)
    return instant(t, at, zone, words=day)


def _reasons(line: FeedLine, view: PersonView, t: Texts, zone: str) -> Iterator[tuple[str, str]]:
    entry = line.entry
    subject = plain(line.subject, limit=120)
    if entry.kind is EntryKind.CLAWBACK and line.message:
        alone = replace(line.message, lines=(line.line,))
        sentence = what_happened(t, alone, subject=subject)
        yield t.t("Why"), " ".join(filter(None, (_capital(sentence), way_back(t, alone))))
    if entry.kind is EntryKind.WRITEOFF:
        yield t.t("Why"), t.t("Points that could not be taken back were written off; they are repaid before this pays again.")
    yield t.t("Counted"), _counted(line, t)
    yield t.t("Deal"), subject if len(subject) > SHORT else ""
    moved = bool(_moved(line, t))
    yield t.t("Rule"), "" if moved else _rule(line, t)
    if entry.kind is EntryKind.ACCRUAL:
        yield t.t("Paid"), t.datetime(entry.posted_at, zone)
    else:
        yield t.t("Booked"), t.datetime(entry.posted_at, zone)
    yield t.t("Told"), "" if moved and line.message is None else _told(line, t)
    yield t.t("Next"), _next(line, view, t)
    yield t.t("Line"), t.number(entry.seq)


def _counted(line: FeedLine, t: Texts) -> str:
    """The facts that reached the goal: "10 won deals in Q1 2017", "closed in 10 days"."""
    facts, parts = line.line.facts, []
    count, days, period = facts.get("count"), facts.get("days"), facts.get("period")
    if isinstance(count, int):
        nouns = {
            "won_count": t.n("%(count)s won deal", "%(count)s won deals", count),
            "closed_count": t.n("%(count)s closed deal", "%(count)s closed deals", count),
        }
        parts.append(nouns.get(str(facts.get("unit_kpi")), t.number(count)))
    if isinstance(days, int):
        parts.append(t.n("closed in %(count)s day", "closed in %(count)s days", days))
    if period and parts:
        parts.append(t.t("in %(period)s", period=t.period(str(period))))
    return " ".join(parts)


def _rule(line: FeedLine, t: Texts) -> str:
    title = chosen(line.milestone.title, t.language) if line.milestone else ""
    program = chosen(line.program.title, t.language) if line.program else ""
    return t.t(
        "%(milestone)s, %(program)s, version %(version)s",
        milestone=plain(title if "{" not in title else "", limit=80) or _capital(line.entry.cause.milestone.replace("-", " ")),
        program=plain(program, limit=80) or line.entry.cause.program,
        version=line.entry.cause.version,
    )


def _told(line: FeedLine, t: Texts) -> str:
    message = line.message
    if message is None:
        return t.t("Without a message")
    if message.channel is None or message.state is DeliveryState.SUPPRESSED:
        return t.t("No way to reach you was open")
    states = {
        DeliveryState.SENT: t.t("sent"),
        DeliveryState.DELIVERED: t.t("delivered"),
        DeliveryState.BOUNCED: t.t("came back"),
        DeliveryState.PARKED: t.t("not sent"),
        DeliveryState.UNKNOWN: t.t("perhaps sent"),
    }
    return f"{channel_name(t, message.channel)}, {states.get(message.state, t.t('on its way'))}"


def _next(line: FeedLine, view: PersonView, t: Texts) -> str:
    for step in view.steps:
        if step.milestone.id == line.entry.cause.milestone and step.program.id == line.entry.cause.program:
            return str(_step(step, t, view.tenant.unit)["words"])
    return ""


def _rules(program: Program, t: Texts, now: datetime) -> dict[str, Any]:
    today: date = now.astimezone(zone_of(program.zone)).date()
    over = program.effective_to is not None and program.effective_to <= today
    sentences, goals = program_sentences(program, t), len(program.milestones)
    return {
        "title": plain(chosen(program.title, t.language) or program.id, limit=120),
        "ended": t.t("This program has ended; it is here because it gave lines above.") if over else "",
        "goals": sentences[:goals],
        "conditions": sentences[goals:],
    }
