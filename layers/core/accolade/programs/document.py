"""The program document as an author writes it: its shape, in pydantic; what it means is checked by `building`."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)

from accolade.model.money import exponent
from accolade.model.phrases import later as t
from accolade.programs import operands
from accolade.programs.drafting.measures import evaluation
from accolade.programs.periods import known_zone
from accolade.programs.problems import shown
from accolade.programs.zones import zone_meant

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$")]
Text = Line | dict[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")], Line]
MOST_POINTS = 10**12
HOLES = ("count", "nth", "n", "days", "in_days", "period")
"""What a milestone's title may name in braces (see `texts.phrases`)."""


class Misfit(ValueError):
    """A value that is wrong beyond its shape: `what`, and how to `mend` it."""

    def __init__(self, what: str, mend: str) -> None:
        super().__init__(f"{what}. {mend}")
        self.what, self.mend = what, mend


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _day(raw: Any, name: str) -> Any:
    if raw is None or isinstance(raw, date):
        return raw
    try:
        return operands.day(raw, name.rstrip("_"))
    except operands.Unreadable as error:
        raise Misfit(error.what, error.mend) from error


class Effective(_Part):
    """Business dates [from, to)."""

    from_: date = Field(alias="from")
    to: date | None = None

    @field_validator("from_", "to", mode="before")
    @classmethod
    def _dates(cls, raw: Any, asked: ValidationInfo) -> Any:
        return _day(raw, asked.field_name or "")

    @model_validator(mode="after")
    def _forward(self) -> "Effective":
        if self.to is not None and self.to <= self.from_:
            raise Misfit(t("the program would end before it begins"), t("Set `to` to the day after its last one"))
        return self


class BudgetPart(_Part):
    """The hard budget, in points, over all versions of the program."""

    points: int = Field(gt=0, le=MOST_POINTS, strict=True)


class MilestonePart(_Part):
    """One milestone; which keys a kind takes, and what is written under them, is checked by the kind."""

    id: Id
    title: Text
    kind: str
    record: str | None = None
    when: Any = None
    kpi: str | None = None
    options: Any = None
    where: Any = None
    n: Any = None
    at_least: Any = None
    above: Any = None
    at_most: Any = None
    below: Any = None
    between: Any = None
    tiers: Any = None
    quota: Any = None
    min_sample: int | None = Field(default=None, ge=1, le=10**6, strict=True)
    period: Any = None
    of: Any = None
    once: Any = None
    top: Any = None
    pot: Any = None
    shares: Any = None
    prizes: Any = None
    ties: Any = None
    by: Any = None
    over: Any = None
    faster_than: Any = None
    per: Any = None
    daily_cap: Any = None
    points: Any = None
    credit: Literal["owner_at_closing", "current_owner"] = "owner_at_closing"
    evaluate: Literal["live", "at_close"] = "live"
    closes_after: Any = None
    subject: Any = None
    sharing: Any = None
    keep: Any = None
    reached: Any = None
    hold: Any = None
    caps: Any = None
    splits: Any = None
    multipliers: Any = None
    guards: Any = None
    approval_above: Any = None
    notify: Any = None
    dated_by: Any = None

    @model_validator(mode="before")
    @classmethod
    def _evaluation(cls, raw: Any) -> Any:
        """What is only known when a period is over is evaluated then, if the author does not say; all else at once."""
        if isinstance(raw, dict) and raw.get("evaluate") is None:
            return raw | {"evaluate": evaluation(raw.get("kind"), raw.get("kpi"), raw.get("subject"))}
        return raw

    @field_validator("title")
    @classmethod
    def _holes(cls, title: str | dict[str, str]) -> str | dict[str, str]:
        """A title may count along, "closed in {in_days}", with the names that messages can fill."""
        for text in title.values() if isinstance(title, dict) else [title]:
            unknown = [hole for hole in re.findall(r"\{(\w*)\}", text) if hole not in HOLES]
            if unknown or text.count("{") != len(re.findall(r"\{\w+\}", text)):
                raise Misfit(
                    t("the title has a hole that messages cannot fill"),
                    t("Use %(holes)s in braces, or none", holes=", ".join(HOLES)),
                )
        return title


class Document(_Part):
    """A program document. `department`: whose goal it serves; `review`: when somebody looks at it again, for one without an
    end; `announce: false`: its audience gets no message when it starts, changes or ends."""

    id: Id
    title: Text
    version: int | None = Field(default=None, ge=1, le=999_999, strict=True)
    effective: Effective
    time_zone: str
    fiscal_year_start: int = Field(default=1, ge=1, le=12, strict=True)
    unit: Line = "points"
    point_value: str
    currency: str | None = None
    audience: Any = None
    budget: BudgetPart | None = None
    silent_after: str = "72h"
    debt_limit: int = Field(default=1000, ge=0, le=MOST_POINTS, strict=True)
    caps: Any = None
    rollout: Any = None
    expires: Any = None
    backlog: Literal["pay", "skip"] | None = None
    department: Literal["sales", "service", "marketing", "success", "dealer", "training", "operations"] | None = None
    review: date | None = None
    announce: bool | None = Field(default=None, strict=True)
    milestones: list[MilestonePart] = Field(min_length=1, max_length=500)

    @field_validator("review", mode="before")
    @classmethod
    def _review(cls, raw: Any) -> Any:
        return _day(raw, "review")

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, zone: str) -> str:
        if not known_zone(zone):
            raise Misfit(t("%(zone)s is not a time zone", zone=shown(zone)), zone_meant(zone))
        return zone

    @field_validator("silent_after")
    @classmethod
    def _silent_after(cls, text: str) -> str:
        if operands.minutes(text) is None:
            raise Misfit(t("%(text)s is not a duration", text=shown(text)), t("Write it like 72h or 3 days"))
        return text

    @field_validator("currency")
    @classmethod
    def _currency(cls, text: str | None) -> str | None:
        if text is not None and not (len(text) == 3 and text.isascii() and text.isupper()):
            raise Misfit(t("%(text)s is not a currency", text=shown(text)), t("Write its three letters, for example USD"))
        return text

    @model_validator(mode="before")
    @classmethod
    def _currency_from_value(cls, raw: Any) -> Any:
        """The currency may be left out: it is then the one that a point's value is in."""
        if isinstance(raw, dict) and "currency" not in raw and (value := point_value(raw.get("point_value"))):
            return raw | {"currency": value[1]}
        return raw


def point_value(raw: object) -> tuple[str, str] | None:
    """`0.01 USD` as (amount, currency); None if it is none. An amount may be finer than the currency's minor unit."""
    amount, _, currency = raw.partition(" ") if isinstance(raw, str) and len(raw) <= 40 else ("", "", "")
    if not (len(currency) == 3 and currency.isascii() and currency.isupper() and exponent(currency) >= 0):
        return None
    try:
        return (amount, currency) if operands.number(amount, "point_value") > 0 else None
    except operands.Unreadable:
        return None
