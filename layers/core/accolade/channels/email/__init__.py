"""E-mail through Amazon SES v2: HTML and text, one-click unsubscribe by RFC 8058, our delivery id as a tag.

Content is `Simple`: SES builds and signs the MIME message, so no name can add a header, and its `Headers` carry the
two of RFC 8058. https://docs.aws.amazon.com/ses/latest/APIReference-V2/API_SendEmail.html
"""

import re
from collections.abc import Callable, Mapping
from email.utils import formataddr
from typing import Any

from accolade.channels import Fault, Rendered, Vendor
from accolade.channels.email.events import TAG, read_event
from accolade.channels.email.letter import code_letter, letter
from accolade.model.deliveries import Delivery
from accolade.model.errors import Rejected
from accolade.model.participants import Channel, Participant, Tenant
from accolade.model.phrases import later as t
from accolade.texts import Texts
from accolade.texts.plain import plain

FAULTS = {
    "TooManyRequestsException": Fault.BUSY,
    "ThrottlingException": Fault.BUSY,
    "LimitExceededException": Fault.CLOSED,
    "SendingPausedException": Fault.CLOSED,
    "AccountSuspendedException": Fault.CLOSED,
    "MailFromDomainNotVerifiedException": Fault.CLOSED,
    "NotFoundException": Fault.CLOSED,
    "MessageRejected": Fault.HOPELESS,
    "BadRequestException": Fault.HOPELESS,
    "InternalServiceErrorException": Fault.UNKNOWN,
}
"""The error codes of SendEmail (botocore sesv2 2019-09-27) and what each means for the message."""

_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,253}")


class Email:
    """The e-mail channel. `client` is an SES v2 client with one attempt; `configuration_set` sends events to our topic."""

    name = Channel.EMAIL

    def __init__(self, client: Any, *, configuration_set: str = "") -> None:
        self._vendor = Vendor(client, FAULTS, "SES")
        self._configuration_set = configuration_set

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
        """Subject, HTML and text, and the headers that let a mailbox offer to unsubscribe.

        A code, and what goes to the staff, is no such mail.
        """
        sender = formataddr((plain(tenant.name, limit=60), _address(tenant.sender_email)))
        automatic = ("Auto-Submitted", "auto-generated")
        if delivery.challenge:
            said = code_letter(code, tenant=tenant, texts=texts)
            return Rendered(subject=said["subject"], html=said["html"], text=said["text"], sender=sender, headers=(automatic,))
        stop = (("List-Unsubscribe", f"<{unsubscribe_link}>"), ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"))
        written = letter(delivery, tenant=tenant, link=link, unsubscribe_link=unsubscribe_link, texts=texts)
        return Rendered(
            subject=written["subject"],
            html=written["html"],
            text=written["text"],
            sender=sender,
            headers=(*(stop if unsubscribe_link else ()), automatic),
        )

    def send(self, rendered: Rendered, *, to: str, delivery_id: str) -> str:
        """Hand it to SES; SES's message id."""
        content = {
            "Subject": {"Data": rendered.subject, "Charset": "UTF-8"},
            "Body": {
                "Text": {"Data": rendered.text, "Charset": "UTF-8"},
                "Html": {"Data": rendered.html, "Charset": "UTF-8"},
            },
            "Headers": [{"Name": name, "Value": value} for name, value in rendered.headers],
        }
        answer = self._vendor.call(
            "send_email",
            FromEmailAddress=rendered.sender,
            Destination={"ToAddresses": [_address(to)]},
            Content={"Simple": content},
            EmailTags=[{"Name": TAG, "Value": delivery_id}],
            **({"ConfigurationSetName": self._configuration_set} if self._configuration_set else {}),
        )
        return answer["MessageId"]


def _address(text: str) -> str:
    """A plain ASCII address; Rejected for anything else: SES takes no other local part, and no header slips through."""
    if not _ADDRESS.fullmatch(text):
        raise Rejected(
            t("the e-mail address is not one that SES can send to"),
            mend=t("Import it as %(example)s", example="name@example.com"),
        )
    return text


def connect(client: Callable[..., Any], settings: Mapping[str, Any]) -> Email:
    """The channel as this stack has it."""
    return Email(client("sesv2", attempts=1), configuration_set=settings["ses_configuration_set"])


__all__ = ["FAULTS", "Email", "connect", "read_event"]
