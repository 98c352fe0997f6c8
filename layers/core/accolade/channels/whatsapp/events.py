"""What AWS tells of WhatsApp: Meta's webhook entry as a JSON text inside the SNS message, with statuses and replies.

https://docs.aws.amazon.com/social-messaging/latest/userguide/managing-event-destination-dlrs.html and Meta's
"messages" webhook: statuses come out of order and repeated, and many send errors come only here, as `failed`.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from accolade.channels import Outcome, Receipt, Reply
from accolade.model.errors import Rejected
from accolade.model.participants import Channel

OUTCOMES = {
    "sent": Outcome.SENT,
    "delivered": Outcome.DELIVERED,
    "read": Outcome.DELIVERED,
    "failed": Outcome.FAILED,
    "undeliverable": Outcome.FAILED,
}
"""Meta's status -> what it means; any other is noted."""


def read_event(event: Mapping[str, Any]) -> Sequence[Receipt | Reply] | None:
    """Receipts and replies of one event; None if it is not WhatsApp's. Rejected if its inner JSON cannot be read."""
    inner = event.get("whatsAppWebhookEntry")
    if inner is None:
        return None
    try:
        entry = json.loads(inner) if isinstance(inner, str) else inner
    except ValueError as error:
        raise Rejected("whatsAppWebhookEntry is not JSON", where="WhatsApp event") from error
    said: list[Receipt | Reply] = []
    for value in _values(entry):
        said += [*_receipts(value), *_replies(value)]
    return said


def _values(entry: Any) -> Iterator[Mapping[str, Any]]:
    for change in _list(_dict(entry).get("changes")):
        yield _dict(_dict(change).get("value"))


def _receipts(value: Mapping[str, Any]) -> Iterator[Receipt]:
    for status in map(_dict, _list(value.get("statuses"))):
        word = str(status.get("status", ""))[:40]
        codes = [str(_dict(error).get("code", "")) for error in _list(status.get("errors"))]
        yield Receipt(
            channel=Channel.WHATSAPP,
            outcome=OUTCOMES.get(word, Outcome.NOTED),
            reason=" ".join([word, *codes])[:120],
            delivery=_text(status.get("biz_opaque_callback_data")),
            reference=_text(status.get("id")),
        )


def _replies(value: Mapping[str, Any]) -> Iterator[Reply]:
    for message in map(_dict, _list(value.get("messages"))):
        said = message.get("text") or message.get("button") or _dict(message.get("interactive")).get("button_reply")
        said = _dict(said)
        text = said.get("body") or said.get("text") or said.get("title")
        sender = str(message.get("from", ""))
        # Since 2026 a sender may be a business-scoped id instead of a number; that one we cannot recognize.
        if text and sender.lstrip("+").isdigit():
            yield Reply(Channel.WHATSAPP, f"+{sender.lstrip('+')}", str(text)[:200])


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else ()


def _text(value: Any) -> str | None:
    return str(value)[:200] if value else None
