"""Pausing: messages of a channel wait until it is resumed; points go on."""

from accolade.flows.due import resume_now
from accolade.model.messages import SendDelivery
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
    form, tenants = form_of(ask), ask.house.tenants
    act, channel, reason = form.one_of("act", ACTS), Channel(form.one_of("channel", list(Channel))), reason_of(form)
    if not form.good:
        return _page(ask, form, status=422)
    before = tenants.get(ask.tenant.id).paused
    if act == "pause":
        after = tenants.pause(ask.tenant.id, (channel,)).paused
    else:
        after = tenants.resume(ask.tenant.id, (channel,)).paused
        resume_now(ask.house.deliveries, lambda *what: _enqueue(ask, *what), ask.tenant.id, (channel,), ask.now)
    noted(ask, f"channel.{act}d", f"channel:{channel}", before=list(before), after=list(after), reason=reason)
    return went(ask, "admin/messages", f"{act}d")


def _enqueue(ask: Ask, channel: Channel, delivery: str, delay: int = 0) -> None:
    ask.house.queue(channel.value).send([SendDelivery(delivery=delivery).to_json()], delay_seconds=delay)


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
