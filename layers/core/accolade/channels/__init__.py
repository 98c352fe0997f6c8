"""Channels: one folder each. This module is the port: what a channel must do, how it is found, how vendors' errors read."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any, Protocol

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ParamValidationError,
)

from accolade.model.deliveries import Delivery
from accolade.model.errors import Rejected, Retry, UnknownOutcome
from accolade.model.participants import Channel, Participant, Tenant
from accolade.model.phrases import later as t
from accolade.texts import Texts


@dataclass(frozen=True, slots=True)
class Rendered:
    """A message as it will be read. `text` is what the person reads without HTML, on every channel.

    `subject`, `html`, `headers`, `sender` are e-mail's; `template`, `language`, `parameters`, `button` WhatsApp's.
    """

    text: str
    subject: str = ""
    html: str = ""
    sender: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    template: str = ""
    language: str = ""
    parameters: tuple[str, ...] = ()
    button: str = ""


class Outcome(StrEnum):
    """What a receipt says: taken by the vendor, arrived, did not arrive, or nothing that moves a delivery."""

    SENT = "sent"
    DELIVERED = "delivered"
    FAILED = "failed"
    NOTED = "noted"


@dataclass(frozen=True, slots=True)
class Receipt:
    """The vendor's word on one message: by our delivery id if the vendor echoes it, else by the vendor's `reference`.

    `suppress`: addresses that must not be sent to again on this channel, for the reason given.
    """

    channel: Channel
    outcome: Outcome
    reason: str
    delivery: str | None = None
    reference: str | None = None
    suppress: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Reply:
    """A message that a person wrote to us: from which address, and what."""

    channel: Channel
    address: str
    text: str


class Sending(Protocol):
    """A channel's adapter."""

    name: Channel

    def render(
        self,
        delivery: Delivery,
        *,
        participant: Participant,
        tenant: Tenant,
        link: str,
        unsubscribe_link: str,
        texts: Texts,
        code: str = "",
    ) -> Rendered:
        """The delivery in the reader's words. Rejected if this channel cannot say it (an SMS that does not fit).

        `code`: six digits that the delivery is about and that are kept nowhere else.
        """
        ...

    def send(self, rendered: Rendered, *, to: str, delivery_id: str) -> str:
        """Hand it to the vendor, once; returns the vendor's id. Never repeats anything.

        Retry: certainly not sent, may be later. Rejected: will never work for this message. UnknownOutcome: perhaps sent.
        """
        ...


Reading = Callable[[Mapping[str, Any]], Sequence[Receipt | Reply] | None]
"""Reads a vendor's event (parsed JSON): what it says, or None if it is not this vendor's."""


class Fault(StrEnum):
    """What a vendor's error means for the message."""

    BUSY = "busy"
    CLOSED = "closed"
    HOPELESS = "hopeless"
    UNKNOWN = "unknown"


_AFTER = {Fault.BUSY: 5.0, Fault.CLOSED: 300.0}
"""Seconds to wait: for a throttle, and for an account or a permission that a person has to mend."""

CREDENTIALS = dict.fromkeys(
    (
        "AccessDenied",
        "AccessDeniedException",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    ),
    Fault.CLOSED,
)
"""What every AWS API answers to a caller it does not admit: nothing was sent, and a person has to mend it."""

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")


@dataclass(frozen=True, slots=True)
class Vendor:
    """One AWS API that sends, with its literal error table: code -> what it means. Its client must not retry."""

    client: Any
    faults: Mapping[str, Fault]
    where: str

    def call(self, operation: str, **request: Any) -> Any:
        """One call, once. Retry, Rejected or UnknownOutcome by the table; a code that is not in it by its HTTP status."""
        try:
            return getattr(self.client, operation)(**request)
        except ClientError as error:
            code = error.response["Error"].get("Code", "")
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
            fault = self.faults.get(code) or CREDENTIALS.get(code) or _by_status(status)
            raise _as_error(fault, code or str(status), self.where) from error
        except (ConnectTimeoutError, EndpointConnectionError, NoCredentialsError) as error:
            raise _as_error(Fault.BUSY, type(error).__name__, self.where) from error
        except ParamValidationError as error:
            raise _as_error(Fault.HOPELESS, type(error).__name__, self.where) from error
        except BotoCoreError as error:
            # The request may have gone out: a read time-out, a connection closed in the middle.
            raise _as_error(Fault.UNKNOWN, type(error).__name__, self.where) from error


def _by_status(status: int) -> Fault:
    if status == 429:
        return Fault.BUSY
    return Fault.HOPELESS if 400 <= status < 500 else Fault.UNKNOWN


def _as_error(fault: Fault, code: str, where: str) -> Exception:
    if fault in _AFTER:
        return Retry(t("not sent: %(code)s", code=code), after=_AFTER[fault], where=where)
    if fault is Fault.HOPELESS:
        return Rejected(t("refused: %(code)s", code=code), where=where)
    return UnknownOutcome(t("perhaps sent: %(code)s", code=code), where=where)


def phone(to: str) -> str:
    """A phone number in E.164 form (+ and 7 to 15 digits); Rejected for anything else (the number is not repeated)."""
    if not _E164.fullmatch(to):
        raise Rejected(
            t("the phone number is not in international form"), mend=t("Import it as %(example)s", example="+31612345678")
        )
    return to


@cache
def names() -> tuple[str, ...]:
    """The channels there are, by scanning this folder."""
    return tuple(sorted(module.name for module in iter_modules(__path__) if module.ispkg))


def connected(name: str, client: Callable[..., Any], settings: Mapping[str, Any]) -> Sending:
    """The channel of that name with its vendor's client: `connect` of its folder.

    `client(service, attempts=1)` makes a client that never repeats a call; `settings` are the stack's, by field name.
    """
    if name not in names():
        raise Rejected(f"{name!r} is not a channel we know", mend=f"Use one of {', '.join(names())}")
    return import_module(f"{__name__}.{name}").connect(client, settings)


def readings() -> tuple[Reading, ...]:
    """How each channel's vendor events read: `read_event` of every folder that has events."""
    modules = (import_module(f"{__name__}.{name}") for name in names())
    return tuple(module.read_event for module in modules if hasattr(module, "read_event"))
