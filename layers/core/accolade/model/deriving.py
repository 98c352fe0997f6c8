"""What a record's values say together: days between its dates, seconds between its instants, whether it was in time."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from accolade.model.fields import EVENT_FIELDS

Found = dict[str, object]


def days(found: Found, start: str, end: str) -> int | None:
    """Calendar days from one date to another; None if one is unknown."""
    first, last = found.get(start), found.get(end)
    return (last - first).days if isinstance(first, date) and isinstance(last, date) else None


def seconds(found: Found, start: str, end: str) -> int | None:
    """Whole elapsed seconds from one instant to another; None if one is unknown."""
    first, last = found.get(start), found.get(end)
    return int((last - first).total_seconds()) if isinstance(first, datetime) and isinstance(last, datetime) else None


def _deal(found: Found) -> None:
    _put(found, "deal.cycle_days", days(found, "deal.created_on", "deal.close_date"))
    if "deal.lead_created_on" in found:
        _put(found, "deal.lead_cycle_days", days(found, "deal.lead_created_on", "deal.close_date"))
    if "deal.list_price" in found and "deal.discount" not in found:
        listed, amount = found["deal.list_price"], found.get("deal.amount")
        if isinstance(listed, int) and isinstance(amount, int) and listed > 0:
            found["deal.discount"] = _percent(listed - amount, listed)


def _lead(found: Found) -> None:
    end = "lead.converted_on" if "lead.converted_on" in found else "lead.closed_on"
    _put(found, "lead.cycle_days", days(found, "lead.created_on", end))
    _put(found, "lead.response_seconds", seconds(found, "lead.created_at", "lead.first_response_at"))


def _ticket(found: Found) -> None:
    _put(found, "ticket.cycle_days", days(found, "ticket.created_on", "ticket.closed_on"))
    _put(found, "ticket.response_seconds", seconds(found, "ticket.created_at", "ticket.first_response_at"))
    _put(found, "ticket.resolution_seconds", seconds(found, "ticket.created_at", "ticket.closed_at"))
    if "ticket.reopenings" in found:
        found.setdefault("ticket.reopened", found["ticket.reopenings"])
    late = seconds(found, "ticket.due_at", "ticket.closed_at")
    if late is not None:
        found.setdefault("ticket.sla_met", late <= 0)


def _activity(found: Found) -> None:
    _put(found, "activity.logged_after_seconds", seconds(found, "activity.happened_at", "activity.logged_at"))
    _on_time(found, "activity.on_time", days(found, "activity.due_on", "activity.happened_on"))
    _ended(found, "activity", "activity.done")


def _campaign_member(found: Found) -> None:
    _ended(found, "campaign_member", "campaign_member.responded")


def _invoice(found: Found) -> None:
    late = days(found, "invoice.due_on", "invoice.paid_on")
    _put(found, "invoice.days_late", late)
    _on_time(found, "invoice.on_time", late)


def _training(found: Found) -> None:
    late = days(found, "training.due_on", "training.completed_on")
    _put(found, "training.days_late", late)
    _on_time(found, "training.on_time", late)
    _ended(found, "training", "training.passed")


def _claim(found: Found) -> None:
    _put(found, "claim.cycle_days", days(found, "claim.submitted_on", "claim.decided_on"))
    _on_time(found, "claim.on_time", days(found, "claim.due_on", "claim.submitted_on"))


def _line_item(found: Found) -> None:
    listed, price = found.get("line_item.list_price"), found.get("line_item.unit_price")
    if "line_item.discount" not in found and isinstance(listed, int) and isinstance(price, int) and listed > 0:
        found["line_item.discount"] = _percent(listed - price, listed)


def _contact(found: Found) -> None:
    if "contact.opted_out" in found:
        found.setdefault("contact.subscribed", "contact.opted_in_on" in found and not found["contact.opted_out"])


def _percent(part: int, whole: int) -> Decimal:
    """A share in percent to four decimals, half up."""
    return (Decimal(100 * part) / whole).quantize(Decimal("0.0001"), ROUND_HALF_UP).normalize()


def _put(found: Found, name: str, value: object) -> None:
    if value is not None:
        found[name] = value


def _on_time(found: Found, name: str, late: int | None) -> None:
    if late is not None:
        found[name] = late <= 0


def _ended(found: Found, kind: str, name: str) -> None:
    """What the stage says where the CRM has no field for it."""
    stage = found.get(f"{kind}.stage")
    if stage is not None:
        found.setdefault(name, stage == "won")


def _with_event(kind: str, derive: Callable[[Found], None] | None) -> Callable[[Found], None] | None:
    """The derivation with `event_on` where several dates may be the one that counts."""
    fields = [f"{kind}.{name}" for name in EVENT_FIELDS[kind]]
    if len(fields) == 1:
        return derive
    event = f"{kind}.event_on"

    def derived(found: Found) -> None:
        if derive:
            derive(found)
        _put(found, event, next((found[name] for name in fields if name in found), None))

    return derived


_OWN: dict[str, Callable[[Found], None]] = {
    "deal": _deal,
    "lead": _lead,
    "contact": _contact,
    "ticket": _ticket,
    "activity": _activity,
    "campaign_member": _campaign_member,
    "line_item": _line_item,
    "invoice": _invoice,
    "training": _training,
    "claim": _claim,
}
DERIVING: dict[str, Callable[[Found], None] | None] = {kind: _with_event(kind, _OWN.get(kind)) for kind in EVENT_FIELDS}
"""Record type -> what adds the derived values to those that are there; None: nothing to add."""
