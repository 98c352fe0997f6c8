"""SMS through Amazon SNS: one segment or a few, plain words, and STOP where the number can hear it.

Publish has no idempotency token and SNS reports no delivery to us: what SNS took counts as sent.
https://docs.aws.amazon.com/sns/latest/api/API_Publish.html
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from accolade.channels import Fault, Receipt, Rendered, Reply, Vendor, phone
from accolade.channels.sms.wording import worded, worded_code
from accolade.model.deliveries import Delivery
from accolade.model.errors import Rejected
from accolade.model.participants import Channel, Participant, Tenant
from accolade.model.phrases import later as t
from accolade.texts import Texts

FAULTS = {
    "Throttled": Fault.BUSY,
    "ThrottlingException": Fault.BUSY,
    "ThrottledException": Fault.BUSY,
    "KMSThrottling": Fault.BUSY,
    "AuthorizationError": Fault.CLOSED,
    "AuthorizationErrorException": Fault.CLOSED,
    "InvalidParameter": Fault.HOPELESS,
    "InvalidParameterValue": Fault.HOPELESS,
    "ParameterValueInvalid": Fault.HOPELESS,
    "ValidationException": Fault.HOPELESS,
    "OptedOut": Fault.HOPELESS,
    "InternalError": Fault.UNKNOWN,
    "InternalErrorException": Fault.UNKNOWN,
}
"""SNS's error codes, as `Publish` models them, and what each means for the message."""


class Sms:
    """The SMS channel. `client` is an SNS client with one attempt; `sender_id` and `origination_number` may be empty."""

    name = Channel.SMS

    def __init__(self, client: Any, *, sender_id: str = "", origination_number: str = "") -> None:
        self._vendor = Vendor(client, FAULTS, "SNS")
        self._sender_id, self._origination_number = sender_id, origination_number

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
        """The text within the tenant's segments; Rejected if it cannot fit."""
        if delivery.challenge:
            return Rendered(text=worded_code(code, tenant=tenant, texts=texts))
        return Rendered(text=worded(delivery, tenant=tenant, link=link, texts=texts))

    def send(self, rendered: Rendered, *, to: str, delivery_id: str) -> str:
        """Publish it to one number, unless that number has opted out at AWS; SNS's message id."""
        number = phone(to)
        if self._opted_out(number):
            raise Rejected(t("refused: the number has opted out at AWS"), where="SNS")
        answer = self._vendor.call("publish", PhoneNumber=number, Message=rendered.text, MessageAttributes=self._attributes())
        return answer["MessageId"]

    def _attributes(self) -> dict[str, dict[str, str]]:
        values = {
            "AWS.SNS.SMS.SMSType": "Transactional",
            "AWS.SNS.SMS.SenderID": self._sender_id,
            "AWS.MM.SMS.OriginationNumber": self._origination_number,
        }
        return {name: {"DataType": "String", "StringValue": value} for name, value in values.items() if value}

    def _opted_out(self, number: str) -> bool:
        """What AWS knows of a STOP. Publish would take the message and drop it, so ask; no answer is no opt-out:
        our own list, asked before, is the one that counts."""
        try:
            return bool(self._vendor.client.check_if_phone_number_is_opted_out(phoneNumber=number)["isOptedOut"])
        except (ClientError, BotoCoreError):
            return False


def read_event(event: Mapping[str, Any]) -> Sequence[Receipt | Reply] | None:
    """A reply to a two-way number: `{originationNumber, destinationNumber, messageKeyword, messageBody, ...}`.

    https://docs.aws.amazon.com/sms-voice/latest/userguide/two-way-sms-payload.html
    """
    if "originationNumber" not in event or "messageBody" not in event:
        return None
    return [Reply(Channel.SMS, str(event["originationNumber"]), str(event["messageBody"])[:200])]


def connect(client: Callable[..., Any], settings: Mapping[str, Any]) -> Sms:
    """The channel as this stack has it."""
    own = settings["sms_origination_number"]
    return Sms(client("sns", attempts=1), sender_id=settings["sms_sender_id"], origination_number=own)
