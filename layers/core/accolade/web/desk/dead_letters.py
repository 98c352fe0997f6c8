"""Dead letters: what could not be processed, queue by queue, and putting it back. Only the company's own is seen."""

from typing import Any

from accolade.flows.dead_letters import LOOKED_AT, QUEUES, Letter
from accolade.texts import Texts
from accolade.texts.plain import plain
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.desk.acting import done_word, moment, noted, reason_of, tried, went
from accolade.web.forms import FormState, form_of
from accolade.web.letters import letters_of
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope


def dead(ask: Ask) -> PageAnswer:
    """The dead letters of every queue."""
    return _page(ask, FormState(ask.t, here="dead"))


def redrive(ask: Ask) -> PageAnswer:
    """Put one, or all of a queue, back."""
    form = form_of(ask)
    queue, reason, one = form.one_of("queue", QUEUES), reason_of(form), form.text("letter", most=120)
    moved: list[int] = []
    if form.good and tried(form, lambda: moved.append(letters_of(ask.house, ask.tenant.id).move(queue, {one} if one else None))):
        noted(ask, "dead_letters.redriven", f"queue:{queue}", after={"moved": moved[0], "letter": one}, reason=reason)
        return went(ask, "admin/messages/dead", "moved" if moved[0] else "none")
    return _page(ask, form, status=422)


def _page(ask: Ask, form: FormState, *, status: int = 200) -> PageAnswer:
    t, letters = ask.t, letters_of(ask.house, ask.tenant.id)
    queues = []
    for name in QUEUES:
        found = letters.look(name)
        queues.append(
            {"name": name, "title": queue_name(t, name), "letters": [_row(ask, it) for it in found], "count": len(found)}
        )
    done = {"moved": t.t("They are back on their queue."), "none": t.t("Nothing had to be moved.")}
    return site_rendered(
        ask,
        "desk/dead_letters.html",
        status=status,
        title=t.t("Dead letters"),
        room="messages",
        form=form,
        queues=[it for it in queues if it["count"]],
        looked=t.number(LOOKED_AT),
        writes=ask.may(Scope.MESSAGES_WRITE),
        done=done_word(ask, done),
    )


def queue_name(t: Texts, name: str) -> str:
    """What a queue carries."""
    return {
        "inbox": t.t("What CRMs told us"),
        "email": t.t("E-mails to be sent"),
        "sms": t.t("SMS to be sent"),
        "whatsapp": t.t("WhatsApp messages to be sent"),
        "receipts": t.t("What vendors said of messages"),
        "orders": t.t("Orders of rewards"),
    }[name]


def _row(ask: Ask, it: Letter) -> dict[str, Any]:
    t, content, kind = ask.t, it.content, str(it.content.get("kind", ""))
    about = {
        "notifications": lambda: t.n("%(count)s notification", "%(count)s notifications", _many(content.get("items"))),
        "stored": lambda: t.t("A large batch of notifications"),
        "reevaluate": lambda: t.n(
            "%(count)s record to decide again", "%(count)s records to decide again", _many(content.get("records"))
        ),
        "send": lambda: t.t("A message to send"),
        "fulfill": lambda: t.t("An order to place"),
    }.get(kind, lambda: t.t("Something that is not ours"))()
    return {
        "id": it.id,
        "when": moment(ask, it.sent_at),
        "about": about,
        "where": plain(str(content.get("connection") or content.get("cause") or ""), limit=60),
        "delivery": str(content.get("delivery", "")) if kind == "send" else "",
    }


def _many(value: Any) -> int:
    return len(value) if isinstance(value, list) else 0


ROUTES = (
    Route("GET", "admin/messages/dead", Scope.MESSAGES, dead),
    Route("POST", "admin/messages/dead", Scope.MESSAGES_WRITE, redrive),
)
