"""Dead letters of the company that asks; what names no company is seen where there is only one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from accolade.flows.dead_letters import QUEUES, DeadLetters

if TYPE_CHECKING:
    from accolade.web.house import House


def letters_of(house: "House", tenant: str) -> DeadLetters:
    """The dead letters of a company."""
    alone = _alone(house)

    def url(queue: str, *, dead: bool = False) -> str:
        start = str(house.queue("inbox").url).removesuffix("inbox")
        return f"{start}{queue}{'-dlq' if dead else ''}"

    def mine(content: Mapping[str, Any]) -> bool:
        """A vendor's receipts name no company."""
        if "tenant" in content:
            return bool(content["tenant"] == tenant)
        if content.get("kind") == "send":
            it = house.deliveries.get(str(content.get("delivery", ""))[:80] or "-")
            return it is not None and it.tenant == tenant
        return alone

    return DeadLetters(house.client("sqs"), url, mine)


def letters_count(house: "House", tenant: str) -> int | None:
    """About how many there are, as SQS counts them; None where other companies' would be counted too."""
    if not _alone(house):
        return None
    letters = letters_of(house, tenant)
    return sum(letters.count(name) for name in QUEUES)


def _alone(house: "House") -> bool:
    return len(house.tenants.list()) == 1
