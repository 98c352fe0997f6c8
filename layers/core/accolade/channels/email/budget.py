"""The e-mail to a company's own staff when a budget has reached a level: one figure, how much of how much, what comes next."""

from typing import Any

from accolade.model.deliveries import Announcement
from accolade.model.participants import Tenant
from accolade.texts import Texts, chosen
from accolade.texts.budgets import TITLE_LIMIT, in_short, rows, share, subject, what_next
from accolade.texts.plain import plain


def budget_words(news: Announcement, tenant: Tenant, t: Texts) -> dict[str, Any]:
    """What the templates `budget.html` and `budget.txt` say."""
    sender, said = plain(tenant.name, limit=60), news.figures
    return {
        "t": t,
        "language": t.language,
        "subject": subject(t, news),
        "preheader": in_short(t, news, tenant.unit),
        "sender": sender,
        "figure": share(t, news),
        "unit": t.t("of the budget is used"),
        "about": plain(chosen(news.title, t.language), limit=TITLE_LIMIT),
        "done": min(100, 100 * said["spent"] // said["limit"]),
        "rows": rows(t, news, tenant.unit),
        "note": what_next(t, news),
        "button": t.t("Raise the budget"),
        "footer": t.t(
            "You get this because your address stands in the settings of %(sender)s. An admin can take it out there.",
            sender=sender,
        ),
    }
