"""The three message templates as they are submitted to Meta, category utility, and how their holes are filled.

An admin submits these bodies word for word (https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates);
each has one button of type URL, "Open wallet", whose address is the tenant's public URL followed by `{{1}}`.
"""

import re
from collections.abc import Sequence

AWARDED = "reward_awarded"
TAKEN_BACK = "reward_taken_back"
NEWS = "reward_program_news"

BODIES = {
    (AWARDED, "en"): "You received {{1}} for {{2}}: {{3}}. You have {{4}} now.",
    (AWARDED, "nl"): "Je krijgt {{1}} voor {{2}}: {{3}}. Je saldo is nu {{4}}.",
    (TAKEN_BACK, "en"): "Taken back: {{1}}. The reason: {{2}} You have {{3}} now.",
    (TAKEN_BACK, "nl"): "Teruggenomen: {{1}}. De reden: {{2}} Je saldo is nu {{3}}.",
    (NEWS, "en"): "About your rewards: {{1}} {{2}} Your wallet shows all of it.",
    (NEWS, "nl"): "Over je beloningen: {{1}} {{2}} In je wallet staat alles.",
}
"""(template, language) -> body. A hole neither begins nor ends a body: Meta refuses that."""

BUTTONS = {"en": "Open wallet", "nl": "Open wallet"}

PARAMETER_LIMIT = 400
"""Characters of one parameter: a body has at most 1,024 in all."""

_HOLE = re.compile(r"\{\{([1-9])\}\}")


def preview(template: str, language: str, parameters: Sequence[str]) -> str:
    """The message as the person reads it."""
    return _HOLE.sub(lambda hole: parameters[int(hole[1]) - 1], BODIES[template, language])
