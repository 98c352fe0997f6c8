"""Rendering: a template becomes a page, in a company's colour and a reader's language."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from accolade.model.participants import Tenant
from accolade.model.times import zone_of
from accolade.texts import LANGUAGES
from accolade.texts import later as t
from accolade.texts.colours import FALLBACK
from accolade.texts.plain import plain
from accolade.web.answers import PageAnswer, site_page
from accolade.web.assets import accent_name, asset_name
from accolade.web.forms import FormState

if TYPE_CHECKING:
    from accolade.web.asking import Ask


ROOMS = (
    ("today", "admin/today", t("Today"), "people"),
    ("programs", "admin/programs", t("Programs"), "programs"),
    ("people", "admin/people", t("People"), "people"),
    ("budgets", "admin/budgets", t("Budgets"), "budgets"),
    ("approvals", "admin/approvals", t("Approvals"), "approvals"),
    ("shop", "admin/shop", t("Shop"), "catalog"),
    ("redemptions", "admin/redemptions", t("Redemptions"), "redemptions"),
    ("messages", "admin/messages", t("Messages"), "messages"),
    ("cases", "admin/cases", t("Cases"), "cases"),
    ("connections", "admin/connections", t("Connections"), "connections"),
    ("analytics", "admin/analytics", t("Analytics"), "analytics"),
    ("settings", "admin/settings", t("Settings"), "settings:write"),
    ("audit", "admin/audit", t("Audit"), "audit"),
)
"""The staff's rooms: key, path, English name, and the scope that opens it."""

_TEMPLATES = Path(__file__).parent / "templates"
LANGUAGE_NAMES = {"en": "English", "nl": "Nederlands"}


def site_rendered(ask: "Ask", template: str, *, status: int = 200, cookies: tuple[str, ...] = (), **words: Any) -> PageAnswer:
    """A page of the site. Templates lie in `templates/<folder>/` and extend the `base.html` of rep, desk or site.

    They know: t, root, here, visitor, csrf, sender, unit, asset(name), and the words given.
    """
    tenant, here = words.pop("tenant", None) or (ask.visitor.tenant if ask.visitor else None), here_of(ask)
    name = template if "/" in template else f"site/{template}"
    known = {
        "t": ask.t,
        "root": ask.root,
        "here": here,
        "visitor": ask.visitor,
        "csrf": ask.visitor.csrf if ask.visitor else "",
        "sender": sender_of(tenant) if tenant else ask.t.t("Rewards"),
        "unit": tenant.unit if tenant else "",
        "logo": tenant.logo if tenant else "",
        "accent_css": f"{ask.root}assets/{accent_name(tenant.accent if tenant else FALLBACK)}",
        "asset": lambda it: f"{ask.root}assets/{asset_name(it)}",
        "zone": zone_of(ask.zone).key,
        "languages": [(code, LANGUAGE_NAMES[code], _in_language(ask, code)) for code in LANGUAGES],
        "rooms": [(key, path, ask.t.t(title), scope) for key, path, title, scope in ROOMS],
        "tab": "",
        "room": "",
        "done": "",
    }
    page, known = _environment().get_template(name), known | words
    html = page.render(known)
    if any(form.problems for form in _forms(words)):
        html = page.render(known)  # what is wrong stands above the fields, and says what they are called
    return site_page(html, status=status, cookies=cookies)


def _forms(words: Mapping[str, Any]) -> Iterator[FormState]:
    """The forms that a page shows, alone or by name."""
    for it in words.values():
        yield from (one for one in (it.values() if isinstance(it, dict) else (it,)) if isinstance(one, FormState))


def _in_language(ask: "Ask", code: str) -> str:
    """The page itself in another language, everything else that was asked for kept."""
    kept = [(name, value) for name, values in ask.request.query.items() if name != "lang" for value in values]
    return f"{here_of(ask)}?{urlencode([*kept, ('lang', code)])}"


def sender_of(tenant: Tenant) -> str:
    """The company as its readers know it."""
    return plain(tenant.name, limit=60)


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(_TEMPLATES)
    made = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    made.filters["plain"] = plain
    return made


def here_of(ask: "Ask") -> str:
    """The page's own address as seen from itself."""
    return "./" if ask.request.path == ("home",) else ask.request.path[-1]
