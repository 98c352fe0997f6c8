"""Preferences: how somebody wants to be reached, in which order and language, and what they agreed to, as they say it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from accolade.model.errors import Rejected
from accolade.model.participants import Channel, Consent, Participant
from accolade.model.phrases import later as t
from accolade.model.times import zone_of
from accolade.store.people import People
from accolade.texts import LANGUAGES

SOURCE = "preferences page"


@dataclass(frozen=True, slots=True)
class Chosen:
    """What somebody chose: channels in order, the language, and for what they agreed to just now the words that they read."""

    channels: Sequence[Channel]
    language: str
    agreed: Mapping[Channel, str]


class Preferences:
    """Stores what people choose about themselves."""

    def __init__(self, people: People) -> None:
        self._people = people

    def choose(self, person: Participant, chosen: Chosen, *, now: datetime) -> Participant:
        """The person as stored then. Rejected (`where` names the field) for a channel without an address, one twice, none at
        all, or one that needs a consent and has none, and for a language that we do not have."""
        after = decided(person, chosen, now)
        self._people.update(after)
        return after


def decided(person: Participant, chosen: Chosen, now: datetime) -> Participant:
    """The person with what they chose; errors as for `choose`."""
    wanted = tuple(chosen.channels)
    if not wanted or len(set(wanted)) != len(wanted):
        raise Rejected(t("each way is chosen once, and one at least"), where="first", mend=t("Choose another one"))
    if chosen.language not in LANGUAGES:
        raise Rejected(t("there is no such language"), where="language", mend=t("Choose one of the list"))
    given = [_given(channel, words, person, now) for channel, words in chosen.agreed.items() if not person.consents_to(channel)]
    after = replace(
        person, channels=wanted, locale=_locale(person, chosen.language), consents=(*person.consents, *given), chosen_at=now
    )
    for channel in wanted:
        if not after.address(channel):
            raise Rejected(t("we have no address for it"), where=channel.value, mend=t("Ask your administrator to add it"))
        if not after.consents_to(channel):
            raise Rejected(t("this way needs that you agree to it"), where=channel.value, mend=t("Tick the box, or leave it out"))
    return after


def _given(channel: Channel, words: str, person: Participant, now: datetime) -> Consent:
    return Consent(channel, now.astimezone(zone_of(person.zone)).date(), SOURCE, words, now)


def _locale(person: Participant, language: str) -> str:
    """The full tag that is there (`nl-BE`), unless the language is another one."""
    return person.locale if person.locale.replace("_", "-").split("-")[0].lower() == language else language
