"""Participants: the people who earn, how to reach them, and what they allowed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum


class Channel(StrEnum):
    """How a message reaches a person."""

    EMAIL = "email"
    SMS = "sms"
    WHATSAPP = "whatsapp"


@dataclass(frozen=True, slots=True)
class Consent:
    """A stored consent: who allowed which channel, when, with what words, by which source. `given_at`: the instant at which
    the person gave it on our own page, None for one that was imported."""

    channel: Channel
    given_on: date
    source: str = ""
    text: str = ""
    given_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Participant:
    """Who earns. `id` is the import's id; `number` (`P000017`) is opaque and the only name that the ledger knows.

    `identities`: CRM name -> user id there. `channels`: in order of preference. `zone`: IANA. `locale`: `en`, `nl`.
    `manager`: the import id of another participant, or a name. `kind`: employee, dealer, ... in the company's own words.
    `tax_form_on`: when the form that the tax office asks for came in.
    `imported`: False for one that a sweep found in a CRM and nobody has named yet; an import may give it its own id.
    `left_on`: when somebody here said that they left; `erased_on`: when a privacy request took name and addresses away;
    `merged_into`: the number of the same person that goes on for this one. None of these is undone by a CRM's list of users.
    `chosen_at`: when they chose channels and language themselves: an import leaves those alone then.
    """

    tenant: str
    id: str
    number: str
    name: str
    email: str | None = None
    phone: str | None = None
    locale: str = "en"
    zone: str = "UTC"
    country: str | None = None
    manager: str | None = None
    team: str | None = None
    role: str | None = None
    region: str | None = None
    kind: str | None = None
    started_on: date | None = None
    identities: Mapping[str, str] = field(default_factory=dict)
    channels: tuple[Channel, ...] = (Channel.EMAIL,)
    consents: tuple[Consent, ...] = ()
    active: bool = True
    imported: bool = True
    tax_form_on: date | None = None
    left_on: date | None = None
    erased_on: date | None = None
    merged_into: str | None = None
    chosen_at: datetime | None = None

    def address(self, channel: Channel) -> str | None:
        """Where that channel reaches this person: an e-mail address or an E.164 number."""
        return self.email if channel is Channel.EMAIL else self.phone

    def consents_to(self, channel: Channel) -> bool:
        """E-mail about one's own wallet needs no consent; SMS and WhatsApp need a stored one."""
        return channel is Channel.EMAIL or any(consent.channel is channel for consent in self.consents)


REPLIED_STOP = "replied STOP"
"""The reason of a suppression that the person asked for in a reply."""


@dataclass(frozen=True, slots=True)
class Suppression:
    """Do not send to this address on this channel: opt-out, STOP, hard bounce, complaint."""

    channel: Channel
    address_hash: str
    reason: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Tenant:
    """A company: its number (short, in links), what people read as sender, and its sending settings.

    `sending_hours`: local hours [from, to) of the recipient in which messages may go out.
    `paused`: channels that do not send now. `names_in_sms`: whether a deal's name may stand in an SMS.
    `second_person`: a program pays only after another person than its author agreed.
    `logo`: a picture as a data address, empty for the name alone.
    `approve_redemptions_above`: redemptions of more points wait for a person; None: none do.
    `adjust_alone_up_to`: a correction of a wallet by more points takes two people.
    `alerts`: e-mail addresses of the staff who are told when a budget runs low, in the language `alerts_locale`.
    `zone`: IANA; by its clock the staff's pages show times. What is counted by days has a zone of its own.
    """

    id: str
    number: int
    name: str
    sender_email: str
    unit: str = "points"
    sending_hours: tuple[int, int] = (9, 20)
    paused: tuple[Channel, ...] = ()
    names_in_sms: bool = True
    two_way_sms: bool = False
    sms_segments: int = 2
    accent: str = "#0b6e4f"
    logo: str = ""
    public_url: str = ""
    second_person: bool = False
    approve_redemptions_above: int | None = None
    adjust_alone_up_to: int = 1000
    alerts: tuple[str, ...] = ()
    alerts_locale: str = "en"
    zone: str = "UTC"
