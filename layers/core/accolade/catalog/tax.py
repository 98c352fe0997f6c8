"""Tax: from which yearly value of rewards a form has to be on file, by country and year, and what a year's rewards come to."""

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from accolade.model.catalog import Rate
from accolade.model.errors import Refused
from accolade.model.money import Money, exponent, to_major
from accolade.model.participants import Participant
from accolade.model.phrases import later as t
from accolade.model.redemptions import Redemption, RedemptionState
from accolade.model.times import zone_of

US_THRESHOLDS = ((2026, 2_000_00), (0, 600_00))
"""From which year on, minor units of USD, newest first: 600 USD through 2025, 2,000 USD from 2026."""

PAYROLL = "employee"
"""The kind of participant whose rewards go through the payroll, which has its form."""

_NOT_PAID = (RedemptionState.FAILED, RedemptionState.RELEASED)


def applies_to(person: Participant) -> bool:
    """Whether a threshold applies to this person at all: in the US, and not on a payroll."""
    return (person.country or "").upper() == "US" and (person.kind or "").lower() != PAYROLL


def threshold(year: int) -> int:
    """The yearly value in minor units of USD from which on a form is needed."""
    return next(limit for since, limit in US_THRESHOLDS if year >= since)


def year_of(redemption: Redemption, person: Participant) -> int:
    """The year to which a redemption belongs, where the person is."""
    return redemption.created_at.astimezone(zone_of(person.zone)).year


def in_usd(value: Money, rate: Rate | None) -> int:
    """The value in minor units of USD, half up. Refused without a rate: nobody guesses one."""
    if value.currency == "USD":
        return value.minor
    if rate is None or (rate.source, rate.target) != (value.currency, "USD") or rate.rate <= 0:
        mend = f"Ask your administrator to set the rate: accolade catalog rate {value.currency} USD 1.0800"
        raise Refused(t("no rate from %(currency)s to USD is known", currency=value.currency), where="rate", mend=mend)
    exact = to_major(value) * rate.rate
    return int(exact.scaleb(exponent("USD")).quantize(Decimal(1), ROUND_HALF_UP))


def crosses(new: Redemption, others: Iterable[Redemption], person: Participant) -> bool:
    """Whether a new redemption takes the person's year to the threshold while no form is on file."""
    if new.taxed is None or person.tax_form_on is not None:
        return False
    year = year_of(new, person)
    paid = sum(it.taxed or 0 for it in others if it.state not in _NOT_PAID and it.id != new.id and year_of(it, person) == year)
    return paid + new.taxed >= threshold(year)
