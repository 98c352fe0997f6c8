"""Rendering: a template becomes a page, in a company's colour and a reader's language."""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from accolade.model.participants import Tenant
from accolade.texts import LANGUAGES, Texts
from accolade.texts.colours import FALLBACK, accents
from accolade.texts.plain import plain
from accolade.web.answers import PageAnswer, page

_TEMPLATES = Path(__file__).parent / "templates"
_NAMES = {"en": "English", "nl": "Nederlands"}


def rendered(template: str, t: Texts, *, tenant: Tenant | None = None, status: int = 200, **words: Any) -> PageAnswer:
    """The page of a template, in the company's name and colour."""
    style = _style(tenant.accent if tenant else FALLBACK)
    sender = sender_of(tenant) if tenant else t.t("Rewards")
    languages = [(code, _NAMES[code]) for code in LANGUAGES]
    html = _environment().get_template(template).render(t=t, style=style, sender=sender, languages=languages, **words)
    return page(html, style=style, status=status)


def sender_of(tenant: Tenant) -> str:
    """The company as its readers know it."""
    return plain(tenant.name, limit=60)


@cache
def _environment() -> Environment:
    loader = FileSystemLoader(_TEMPLATES)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)


@cache
def _style(accent: str) -> str:
    """The style sheet in the company's colour; `accents` gives nothing but `#rrggbb`, so it is safe to write as it is."""
    style = (_TEMPLATES / "page.css").read_text()
    colours = accents(accent)
    for name in ("light", "dark", "on_light", "on_dark"):
        hole = name.upper() if name.startswith("on_") else f"ACCENT_{name.upper()}"
        style = style.replace(hole, colours[name])
    return style.strip()
