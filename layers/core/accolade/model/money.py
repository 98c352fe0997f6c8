"""Money: integer minor units with a currency; how many minor digits a currency has."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

from accolade.model.phrases import later as t

MAX_MINOR = 10**15
"""Amounts beyond this are refused: no deal is that large, and no float ever made one exactly."""

_NO_DIGITS = (
    *("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG"),
    *("RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF"),
)
_THREE_DIGITS = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
_EXPONENTS = {**dict.fromkeys(_NO_DIGITS, 0), **dict.fromkeys(_THREE_DIGITS, 3), "CLF": 4, "UYW": 4}


@dataclass(frozen=True, slots=True, order=True)
class Money:
    """An amount: `minor` units (cents, for most) of the ISO 4217 `currency`."""

    minor: int
    currency: str

    def __str__(self) -> str:
        return f"{to_major(self):f} {self.currency}".strip()


def exponent(currency: str) -> int:
    """How many decimal digits the currency's minor unit has (ISO 4217): 2 for most, 0 for JPY, 3 for KWD."""
    return _EXPONENTS.get(currency, 2)


def to_minor(amount: str | Decimal, currency: str) -> int:
    """Minor units of an amount in major units, half up.

    ValueError for anything that is not a finite number below 10^15 minor units (NaN, infinity, 1e400).
    """
    if isinstance(amount, str) and len(amount) <= 10 and amount.isascii() and amount.isdecimal():
        return int(amount) * 10 ** exponent(currency)  # most amounts are whole, and Decimal is slow
    try:
        value = Decimal(amount)
    except InvalidOperation as error:
        raise ValueError(t("%(text)r is not an amount", text=str(amount)[:40])) from error
    if not value.is_finite() or value.adjusted() > 16:
        raise ValueError(t("%(text)r is not an amount that can be booked", text=str(amount)[:40]))
    minor = int(value.scaleb(exponent(currency)).quantize(Decimal(1), ROUND_HALF_UP))
    if abs(minor) > MAX_MINOR:
        raise ValueError(t("%(text)r is more than can be booked", text=str(amount)[:40]))
    return minor


def to_major(money: Money) -> Decimal:
    """The amount in major units, exactly."""
    return Decimal(money.minor).scaleb(-exponent(money.currency))
