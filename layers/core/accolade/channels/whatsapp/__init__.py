"""WhatsApp through AWS End User Messaging Social: an approved template with one button, the delivery's id sent along.

https://docs.aws.amazon.com/social-messaging/latest/APIReference/API_SendWhatsAppMessage.html
"""

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from accolade.channels import Fault, Rendered, Vendor, phone
from accolade.channels.whatsapp import templates
from accolade.channels.whatsapp.events import read_event
from accolade.model.deliveries import Announcement, Delivery
from accolade.model.errors import Rejected
from accolade.model.participants import Channel, Participant, Tenant
from accolade.model.phrases import later as t
from accolade.texts import Texts
from accolade.texts.news import closing_words, headline, pieces
from accolade.texts.phrases import only_reason, points, reasons, way_back, what_happened
from accolade.texts.plain import plain

META_API_VERSION = "v20.0"

FAULTS = {
    "ThrottledRequestException": Fault.BUSY,
    "ThrottlingException": Fault.BUSY,
    "ResourceNotFoundException": Fault.CLOSED,
    "ValidationException": Fault.HOPELESS,
    "InvalidParametersException": Fault.HOPELESS,
    "InternalServiceException": Fault.UNKNOWN,
    "DependencyException": Fault.UNKNOWN,
}
"""The error codes of SendWhatsAppMessage (botocore socialmessaging 2024-01-01) and what each means for the message."""


class WhatsApp:
    """The WhatsApp channel. `client` is a socialmessaging client with one attempt, `phone_number_id` ours at AWS."""

    name = Channel.WHATSAPP

    def __init__(self, client: Any, *, phone_number_id: str) -> None:
        self._vendor = Vendor(client, FAULTS, "WhatsApp")
        self._phone_number_id = phone_number_id

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
        """The template's name, its parameters in order, and the end of the wallet's address for the button."""
        if delivery.challenge:
            raise Rejected(t("refused: a one-time code does not go by WhatsApp"), where="WhatsApp")
        if delivery.announcement:
            template, said = templates.NEWS, _news(delivery.announcement, texts)
        elif delivery.total < 0:
            template, said = templates.TAKEN_BACK, _taken_back(delivery, tenant, texts)
        else:
            template, said = templates.AWARDED, _awarded(delivery, tenant, texts)
        parameters = tuple(plain(text, limit=templates.PARAMETER_LIMIT) for text in said)
        return Rendered(
            text=templates.preview(template, texts.language, parameters),
            template=template,
            language=texts.language,
            parameters=parameters,
            button=_suffix(link, tenant.public_url),
        )

    def send(self, rendered: Rendered, *, to: str, delivery_id: str) -> str:
        """Send the template; AWS's message id. `message` is raw JSON: the SDK does the base64 of the wire."""
        answer = self._vendor.call(
            "send_whatsapp_message",
            originationPhoneNumberId=self._phone_number_id,
            metaApiVersion=META_API_VERSION,
            message=json.dumps(_message(rendered, phone(to), delivery_id), ensure_ascii=False).encode(),
        )
        return answer["messageId"]


def _news(announcement: Announcement, texts: Texts) -> tuple[str, ...]:
    """The headline, and as many sentences as a parameter holds; a template's hole is never empty."""
    sentences = [*pieces(announcement.sentences), closing_words(texts, announcement)]
    said = ""
    for sentence in filter(None, sentences):
        if len(said) + len(sentence) + 1 > templates.PARAMETER_LIMIT:
            break
        said = f"{said} {sentence}".strip()
    return headline(texts, announcement), said or texts.t("What counts is longer than this message.")


def _awarded(delivery: Delivery, tenant: Tenant, texts: Texts) -> tuple[str, ...]:
    subject = plain(delivery.subject)
    unnamed = texts.t("a deal") if ":deal:" in (delivery.record or "") else texts.t("your results")
    return (
        points(texts, delivery.total, tenant.unit),
        texts.t('"%(subject)s"', subject=subject) if subject else unnamed,
        reasons(texts, delivery.lines, delivery.created_at),
        _balance(delivery, tenant, texts),
    )


def _taken_back(delivery: Delivery, tenant: Tenant, texts: Texts) -> tuple[str, ...]:
    happened = what_happened(texts, delivery, subject=plain(delivery.subject))
    about = only_reason(texts, delivery) if happened and delivery.record is None else ""
    happened = f"{about}: {happened}" if about else happened
    returns = way_back(texts, delivery)
    why = " ".join(part for part in (happened, returns) if part)
    return (
        points(texts, -delivery.total, tenant.unit),
        why or f"{reasons(texts, delivery.lines, delivery.created_at)}.",
        _balance(delivery, tenant, texts),
    )


def _balance(delivery: Delivery, tenant: Tenant, texts: Texts) -> str:
    """The balance; what is still owed shows as a negative one."""
    return points(texts, delivery.balance - delivery.debt, tenant.unit)


def _suffix(link: str, public_url: str) -> str:
    """What follows the tenant's public URL in the link: the template holds the rest."""
    base = public_url.rstrip("/") + "/"
    return link.removeprefix(base) if public_url and link.startswith(base) else urlsplit(link).path.lstrip("/")


def _message(rendered: Rendered, to: str, delivery_id: str) -> dict[str, Any]:
    body = [{"type": "text", "text": text} for text in rendered.parameters]
    button = [{"type": "text", "text": rendered.button}]
    return {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": to,
        "type": "template",
        "template": {
            "name": rendered.template,
            "language": {"code": rendered.language},
            "components": [
                {"type": "body", "parameters": body},
                {"type": "button", "sub_type": "url", "index": "0", "parameters": button},
            ],
        },
        "biz_opaque_callback_data": delivery_id,
    }


def connect(client: Callable[..., Any], settings: Mapping[str, Any]) -> WhatsApp:
    """The channel as this stack has it."""
    return WhatsApp(client("socialmessaging", attempts=1), phone_number_id=settings["whatsapp_phone_number_id"])


__all__ = ["FAULTS", "WhatsApp", "connect", "read_event"]
