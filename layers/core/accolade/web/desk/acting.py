"""What every act of the staff has in common: a reason, a line in the audit log, and a page to see afterwards."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from markupsafe import Markup

from accolade.model.errors import AccoladeError
from accolade.model.participants import Participant
from accolade.texts.plain import plain
from accolade.texts.refusals import told
from accolade.web.answers import PageAnswer, moved
from accolade.web.asking import Ask
from accolade.web.forms import FormState
from accolade.web.moments import instant

REASON = 400
"""Characters of a reason at most."""


def reason_of(form: FormState) -> str:
    """Why somebody does it, as they wrote it into the field `reason`; a problem of the form if they did not."""
    return form.text("reason", most=REASON, required=True)


def noted(ask: Ask, what: str, on: str, *, before: Any = None, after: Any = None, reason: str = "") -> None:
    """Put an act into the audit log under the visitor's name."""
    ask.house.actions.record(
        ask.tenant.id, at=ask.now, by=ask.who.name, what=what, on=on, before=before, after=after, reason=reason
    )


def went(ask: Ask, path: str, done: str = "") -> PageAnswer:
    """To a page of ours (from the root), which says what was done."""
    mark = "&" if "?" in path else "?"
    return moved(f"{ask.root}{path}{f'{mark}done={done}' if done else ''}")


def tried(form: FormState, act: Callable[[], Any]) -> bool:
    """Whether an act went well; what was refused stands at the top of the form, in the words of the refusal."""
    try:
        act()
    except AccoladeError as error:
        form.wrong("", told(form.t, error))
        return False
    return True


def done_word(ask: Ask, words: Mapping[str, str]) -> str:
    """What the page says was done; nothing if the address says nothing that we know."""
    return words.get(ask.value("done", limit=40), "")


def name_of(person: Participant) -> str:
    """The person's name as a page shows it: one line, no tricks, bounded."""
    return plain(person.name, limit=120) or person.number


def moment(ask: Ask, at: datetime | None) -> Markup:
    """An instant by the reader's clock, with the exact one on hover; nothing if there is none."""
    return Markup("") if at is None else instant(ask.t, at, ask.zone)
