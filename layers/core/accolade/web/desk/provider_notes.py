"""What a provider said of an order, in words; its own word stays beside them."""

import re
from dataclasses import dataclass

from accolade.providers.tremendous import SAYS
from accolade.texts import Texts
from accolade.texts.refusals import sentence
from accolade.web.desk.shop import provider_name

_WORD = re.compile(r"[A-Z][A-Z_ ]{1,59}")
"""A provider's own word for a state; what we note ourselves is no shouting."""


@dataclass(frozen=True, slots=True)
class Note:
    """What was noted of a step. `words`: in the reader's language; `own`: what the provider called it, empty if it did not."""

    words: str
    own: str = ""


def note(t: Texts, provider: str, text: str) -> Note:
    """What was noted when a redemption moved. A provider's word that is new to us is shown as it is."""
    if not _WORD.fullmatch(text):
        return Note(sentence(t, text) if text else "")
    said = SAYS.get(text, "") if provider == "tremendous" else ""
    return Note(
        sentence(t, said) if said else "", t.t("%(provider)s says: %(word)s", provider=provider_name(t, provider), word=text)
    )
