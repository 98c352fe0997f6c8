"""Pausing: messages of a channel wait until it is resumed; points go on."""

from accolade.model.participants import Channel
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.channel_words import channel_name
from accolade.web.desk.acting import noted, reason_of, went
from accolade.web.forms import FormState, form_of
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope

ACTS = ("pause", "resume")


def pause(ask: Ask) -> PageAnswer:
    """Which channels send now."""
    return _page(ask, FormState(ask.t, here="pause"))


def change(ask: Ask) -> PageAnswer:
    """Pause or resume one channel."""
    form, pausing = form_of(ask), ask.house.pausing
    act, channel, reason = form.one_of("act", ACTS), Channel(form.one_of("channel", list(Channel))), reason_of(form)
    if not form.good:
        return _page(ask, form, status=422)
    if act == "pause":
        before, after = pausing.pause(ask.tenant.id, channel)
    else:
        before, after = pausing.resume(ask.tenant.id, channel, now=ask.now)
    noted(ask, f"channel.{act}d", f"channel:{channel}", before=list(before), after=list(after), reason=reason)
    return went(ask, "admin/messages", f"{act}d")


def _page(ask: Ask, form: FormState, *, status: int = 200) -> PageAnswer:
    paused = ask.house.tenants.get(ask.tenant.id).paused
    return site_rendered(
        ask,
        "desk/pause.html",
        status=status,
        title=ask.t.t("Pause"),
        room="messages",
        form=form,
        channels=[(it.value, channel_name(ask.t, it), it in paused) for it in Channel],
        writes=ask.may(Scope.MESSAGES_WRITE),
    )


ROUTES = (
    Route("GET", "admin/messages/pause", Scope.MESSAGES, pause),
    Route("POST", "admin/messages/pause", Scope.MESSAGES_WRITE, change),
)
