"""An e-mail's words and looks: one clear number, what it was for, what comes next; HTML and text say the same."""

from functools import cache
from importlib.resources import files
from typing import Any

from css_inline import CSSInliner
from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from accolade.channels.email.budget import budget_words
from accolade.model.deliveries import Announcement, Delivery, Progress
from accolade.model.participants import Tenant
from accolade.texts import Texts
from accolade.texts.colours import accents
from accolade.texts.news import PARAGRAPH_LIMIT, closing_words, headline
from accolade.texts.news import subject as subject_line
from accolade.texts.phrases import next_step, only_reason, points, way_back, what_happened, why
from accolade.texts.plain import plain, shortened

SUBJECT_LIMIT = 120
LINES = 12
"""Lines shown; a message about more says the rest in one."""

MINUS = "\u2212"


def letter(delivery: Delivery, *, tenant: Tenant, link: str, unsubscribe_link: str, texts: Texts) -> dict[str, str]:
    """`subject`, `html` and `text` of the delivery; every name in it is one line, without links and control signs."""
    name, words = _said(delivery, tenant, texts)
    words |= {"link": link, "unsubscribe_link": unsubscribe_link}
    page, text = _templates(name)
    # The style sheet and the accent are ours (checked as #rrggbb): the only text that is not escaped.
    html = page.render(words, css=Markup(_read("message.css")), accent=accents(tenant.accent))  # noqa: S704 (a file of ours)
    return {"subject": words["subject"], "html": _inliner().inline(html), "text": text.render(words)}


def code_letter(code: str, *, tenant: Tenant, texts: Texts) -> dict[str, str]:
    """`subject`, `html` and `text` of the e-mail with a one-time code: no link to click, and none to stop it."""
    sender = plain(tenant.name, limit=60)
    line = texts.t("%(code)s is your code for %(sender)s", code=code, sender=sender)
    words = {
        "t": texts,
        "language": texts.language,
        "subject": line,
        "preheader": texts.t("It works for 10 minutes."),
        "sender": sender,
        "code": code,
        "footer": texts.t("You get this because your address was typed on the sign-in page of %(sender)s.", sender=sender),
    }
    page, text = _templates("code")
    html = page.render(words, css=Markup(_read("message.css")), accent=accents(tenant.accent))  # noqa: S704 (a file of ours)
    return {"subject": line, "html": _inliner().inline(html), "text": text.render(words)}


def _said(delivery: Delivery, tenant: Tenant, texts: Texts) -> tuple[str, dict[str, Any]]:
    """The template and its words."""
    news = delivery.announcement
    if news is None:
        return "message", _words(delivery, tenant, texts)
    if news.event == "budget":
        return "budget", budget_words(news, tenant, texts)
    return "news", _news(news, tenant, texts)


def _news(announcement: Announcement, tenant: Tenant, t: Texts) -> dict[str, Any]:
    """The words of an announcement."""
    line = headline(t, announcement)
    return {
        "t": t,
        "language": t.language,
        "subject": shortened(subject_line(t, announcement), SUBJECT_LIMIT),
        "preheader": line,
        "sender": plain(tenant.name, limit=60),
        "headline": line,
        "sentences": [plain(sentence, limit=PARAGRAPH_LIMIT) for sentence in announcement.sentences],
        "note": closing_words(t, announcement),
        "button": _button(announcement, t),
        "footer": _footer(tenant, t),
    }


def _button(announcement: Announcement, t: Texts) -> str:
    if announcement.event == "expires":
        return t.t("Look what you can have for them")
    return t.t("Look and decide") if announcement.path else t.t("Open your wallet")


def _words(delivery: Delivery, tenant: Tenant, t: Texts) -> dict[str, Any]:
    subject = plain(delivery.subject)
    unnamed = t.t("a deal") if ":deal:" in (delivery.record or "") else ""
    quoted = t.t('"%(subject)s"', subject=subject) if subject else unnamed
    won = delivery.total >= 0
    amount = points(t, abs(delivery.total), tenant.unit)
    figure = t.number(abs(delivery.total))
    balance = points(t, delivery.balance - delivery.debt, tenant.unit)
    happened = "" if won else _sentence(what_happened(t, delivery, subject=subject))
    about = (
        (t.t("%(points)s for %(name)s", points=amount, name=quoted) if quoted else amount)
        if won
        else _with_name(
            t.n("%(points)s was taken back", "%(points)s were taken back", -delivery.total, points=amount),
            t.t('"%(subject)s"', subject=subject) if subject else "",
        )
    )
    return {
        "t": t,
        "language": t.language,
        "subject": shortened(_with_name(about, only_reason(t, delivery)), SUBJECT_LIMIT),
        "preheader": happened or f"{t.t('Your balance')}: {balance}",
        "sender": plain(tenant.name, limit=60),
        "sign": "+" if won else MINUS,
        "won": won,
        "figure": figure,
        "unit": amount.removeprefix(figure).strip(),
        "about": (t.t("for %(name)s", name=quoted) if quoted else "") if won else happened,
        "explained": "" if won else way_back(t, delivery),
        "lines": _lines(delivery, t),
        "balance": balance.replace("-", MINUS),
        "note": _note(delivery, tenant, t),
        "steps": [_step(step, tenant, t) for step in delivery.progress if step.needed > 0],
        "footer": _footer(tenant, t),
    }


def _footer(tenant: Tenant, t: Texts) -> str:
    unit = plain(tenant.unit, limit=20)
    because = t.t(
        "%(sender)s sends you this because your work earns %(unit)s.",
        sender=plain(tenant.name, limit=60),
        unit=t.t("points") if unit == "points" else unit,
    )
    return f"{because} {t.t('Answer this message if something is wrong.')}"


def _lines(delivery: Delivery, t: Texts) -> list[dict[str, str]]:
    shown = [
        {"words": _sentence(why(t, line, delivery.created_at)), "points": _signed(t, line.points)}
        for line in delivery.lines[:LINES]
    ]
    rest = delivery.lines[LINES:]
    if rest:
        total = sum(line.points for line in rest)
        words = t.n("%(count)s more line", "%(count)s more lines", len(rest))
        shown.append({"words": words, "points": _signed(t, total)})
    return shown


def _note(delivery: Delivery, tenant: Tenant, t: Texts) -> str:
    if delivery.debt:
        owed = points(t, delivery.debt, tenant.unit)
        return t.t("You still owe %(points)s: what you earn next pays this back first.", points=owed)
    waited = any(line.facts.get("reason") == "budget" and line.points > 0 for line in delivery.lines)
    return t.t("These points had waited for budget.") if waited else ""


def _step(step: Progress, tenant: Tenant, t: Texts) -> dict[str, Any]:
    share = max(0, min(100, 100 * step.done // step.needed))
    return {"words": next_step(t, step, tenant.unit), "share": share, "label": t.percent(share, 100)}


def _signed(t: Texts, count: int) -> str:
    return f"{'+' if count >= 0 else MINUS}{t.number(abs(count))}"


def _with_name(text: str, name: str) -> str:
    return f"{text}: {name}" if name else text


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


@cache
def _templates(name: str) -> tuple[Any, Any]:
    html = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, loader=FunctionLoader(_read))
    # The text part is no HTML: escaping would show in it.
    text = Environment(autoescape=False, undefined=StrictUndefined)  # noqa: S701 (the text part is no HTML)
    return html.get_template(f"{name}.html"), text.from_string(_read(f"{name}.txt"))


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)


def _read(name: str) -> str:
    return (files(__package__) / name).read_text(encoding="utf-8")
