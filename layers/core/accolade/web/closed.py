"""The one answer for a signed link that opens nothing, and the one while something that we need does not answer."""

from dataclasses import replace

from accolade.model.errors import AccoladeError, Forged, Missing
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.rendering import site_rendered

LINKED = ("w", "u", "explain")
"""The first parts of the paths that a signed link opens."""


def closed(ask: Ask, error: AccoladeError, *, status: int = 404) -> PageAnswer:
    """The same page whatever is wrong with a link: it says nothing about what it might have opened."""
    t = ask.t
    # Nothing of the address stands in the page, so that all of them are the same to the letter.
    kept = {name: value for name, value in ask.request.query.items() if name == "lang"}
    ask = replace(ask, request=replace(ask.request, path=("w", ""), query=kept, headers={}), visitor=None)
    if status == 404 and not isinstance(error, Forged | Missing):
        sentences = [t.t("Please open the link again in a minute. Nothing is lost.")]
        heading = t.t("The page cannot be shown right now")
        return site_rendered(ask, "closed.html", status=503, heading=heading, sentences=sentences)
    sentences = [
        t.t("It may be too old (links work for 90 days), or a part of it was lost when it was copied."),
        t.t("The next message about your points has a new link. Nothing is lost: your points do not depend on it."),
    ]
    return site_rendered(ask, "closed.html", status=status, heading=t.t("This link no longer works"), sentences=sentences)
