"""What SES tells of an e-mail, by configuration set (`eventType`) or by identity (`notificationType`).

https://docs.aws.amazon.com/ses/latest/dg/event-publishing-retrieving-sns-contents.html; in no order, and more than once.
"""

from collections.abc import Iterable, Mapping, Sequence
from email.utils import parseaddr
from typing import Any

from accolade.channels import Outcome, Receipt, Reply
from accolade.model.participants import Channel

TAG = "delivery"
"""The message tag that SES repeats in every event of this message."""

OUTCOMES = {
    "Send": Outcome.SENT,
    "Delivery": Outcome.DELIVERED,
    "Bounce": Outcome.FAILED,
    "Reject": Outcome.FAILED,
    "Rendering Failure": Outcome.FAILED,
    "Complaint": Outcome.DELIVERED,
}
"""Event type -> what it means; Open, Click, DeliveryDelay and Subscription are noted. Who complains has received it."""


def read_event(event: Mapping[str, Any]) -> Sequence[Receipt | Reply] | None:
    """The receipt of one event; None if it is not SES's.

    A permanent bounce and a complaint suppress the address; a transient bounce does not (a full mailbox).
    """
    kind = event.get("eventType") or event.get("notificationType")
    mail = event.get("mail")
    if not isinstance(kind, str) or not isinstance(mail, Mapping):
        return None
    bounce, complaint = _dict(event.get("bounce")), _dict(event.get("complaint"))
    suppress: tuple[str, ...] = ()
    reason = kind.lower()
    if kind == "Bounce":
        reason = f"bounce {bounce.get('bounceType', '')} {bounce.get('bounceSubType', '')}".strip()
        if bounce.get("bounceType") == "Permanent":
            suppress = _addresses(bounce.get("bouncedRecipients"))
    if kind == "Complaint":
        suppress = _addresses(complaint.get("complainedRecipients"))
    tags = _dict(mail.get("tags")).get(TAG)
    return [
        Receipt(
            channel=Channel.EMAIL,
            outcome=OUTCOMES.get(kind, Outcome.NOTED),
            reason=reason[:120],
            delivery=str(tags[0])[:200] if isinstance(tags, list) and tags else None,
            reference=str(mail["messageId"])[:200] if mail.get("messageId") else None,
            suppress=suppress,
        )
    ]


def _addresses(recipients: Any) -> tuple[str, ...]:
    """The bare addresses; SES may give them in display form (`Asha <asha@example.com>`)."""
    listed: Iterable[Any] = recipients if isinstance(recipients, list) else ()
    found = (parseaddr(str(_dict(one).get("emailAddress", "")))[1] for one in listed)
    return tuple(address for address in found if "@" in address)


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
