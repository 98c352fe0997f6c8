"""Forms of somebody who is not known yet, bound to their browser: nobody can be signed in as another by a page elsewhere."""

import hmac
import re
from base64 import urlsafe_b64encode
from dataclasses import replace

from accolade.model.errors import AccoladeError, Refused, TooOften
from accolade.model.phrases import later as t
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.entry.cookies import STRANGER, kept

_VALUE = re.compile(r"[A-Za-z0-9_-]{22}")


def form_proof(ask: Ask) -> tuple[str, tuple[str, ...]]:
    """What a form on this page brings back, and the cookie that goes with it (none if the visitor is known)."""
    if ask.visitor is not None:
        return ask.visitor.csrf, ()
    value = ask.request.cookies.get(STRANGER, "")
    if not _VALUE.fullmatch(value):
        value = urlsafe_b64encode(ask.house.random(16)).rstrip(b"=").decode()
    return ask.house.links.csrf(f"stranger:{value}"), (kept(STRANGER, value),)


def check_form(ask: Ask) -> None:
    """Refused if the form of a stranger is not from a page that was shown in this browser."""
    if ask.visitor is not None:
        return  # the site has looked at it
    value = ask.request.cookies.get(STRANGER, "")
    expected = ask.house.links.csrf(f"stranger:{value}")
    if not _VALUE.fullmatch(value) or not hmac.compare_digest(ask.field("csrf").encode(), expected.encode()):
        raise Refused(
            t("the page is too old, or the browser keeps no cookies"), mend=t("Load it again and send the form once more")
        )


def turned_away(page: PageAnswer, error: AccoladeError) -> PageAnswer:
    """The form with its problem; whoever came too often is told so in HTTP as well (429), and when to come back."""
    if not isinstance(error, TooOften):
        return page
    return replace(page, status=429, headers={**page.headers, "Retry-After": str(int(error.after))})
