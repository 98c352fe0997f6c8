"""The program document as an author writes it: its shape, in pydantic; what it means is checked by `building`."""

import re
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from accolade.model.money import exponent
from accolade.programs import operands
from accolade.programs.drafting.measures import evaluation
from accolade.programs.periods import all_zones, known_zone
from accolade.programs.problems import Findings, Path, closest, listed, shown

Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$")]
Line = Annotated[str, StringConstraints(min_length=1, max_length=120, strip_whitespace=True, pattern=r"^[^\x00-\x1f\x7f]*$")]
Text = Line | dict[Annotated[str, StringConstraints(pattern=r"^[a-z]{2}$")], Line]
MOST_POINTS = 10**12
HOLES = ("count", "nth", "n", "days", "in_days", "period")
"""What a milestone's title may name in braces (see `texts.phrases`)."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _day(raw: Any, name: str) -> Any:
    if raw is None or isinstance(raw, date):
        return raw
    try:
        return operands.day(raw, name.rstrip("_"))
    except operands.Unreadable as error:
        raise ValueError(f"{error.what}. {error.mend}") from error


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
            raise ValueError("the program would end before it begins. Set `to` to the day after its last one")
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
                raise ValueError(f"the title has a hole that messages cannot fill. Use {', '.join(HOLES)} in braces, or none")
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
            near = closest(zone, all_zones())
            mend = f"Did you mean {near[0]}?" if near else "Write it like Europe/Amsterdam"
            raise ValueError(f"{shown(zone)} is not a time zone. {mend}")
        return zone

    @field_validator("silent_after")
    @classmethod
    def _silent_after(cls, text: str) -> str:
        if operands.minutes(text) is None:
            raise ValueError(f"{shown(text)} is not a duration. Write it like 72h or 3 days")
        return text

    @field_validator("currency")
    @classmethod
    def _currency(cls, text: str | None) -> str | None:
        if text is not None and not (len(text) == 3 and text.isascii() and text.isupper()):
            raise ValueError(f"{shown(text)} is not a currency. Write its three letters, for example USD")
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


MISSING = {
    "effective": "the program does not say when it starts: write effective: {from: 2026-01-01}",
    "from": "the program does not say when it starts: write effective: {from: 2026-01-01}",
    "time_zone": "the program does not say in whose time its days and quarters are: write time_zone: Europe/Amsterdam",
    "point_value": "the program does not say what a point is worth: write point_value: 0.01 USD",
    "milestones": "the program rewards nothing: write milestones with at least one",
    "kind": "the milestone has no kind: write kind: record, every, kpi, streak, rank, improvement, behaviour or manual",
    "id": "the id is missing: write id: with lower-case letters, digits and hyphens",
    "title": "the title is missing: write title: with what people shall read",
}


def check_shape(raw: dict[str, Any], findings: Findings) -> Document | None:
    """The document if its shape is right; otherwise every deviation is noted in `findings`."""
    try:
        return Document.model_validate(raw)
    except ValidationError as error:
        for one in error.errors(include_url=False):
            _note(one, findings)
    return None


def _note(error: Any, findings: Findings) -> None:
    path = tuple(step for step in error["loc"] if step not in ("constrained-str", "str") and not str(step).startswith("dict["))
    kind, key = error["type"], str(path[-1]) if path else ""
    if kind == "extra_forbidden":
        findings.add(path, *_unknown_key(path, key, findings))
    elif kind == "missing" or (kind == "too_short" and not error["input"]):
        findings.add(path, MISSING.get(key, f"{key} is missing"))
    elif kind == "string_pattern_mismatch" and key == "id":
        findings.add(path, f"{shown(error['input'])} is not an id", "Use 1 to 48 lower-case letters, digits and hyphens")
    elif kind == "literal_error":
        options = str(error["ctx"]["expected"]).replace("'", "")
        near = findings.meant(error["input"], options.replace(" or ", ", ").split(", "), f"Use {options}")
        what = f"{shown(error['input'])} is not a way to {key}" if key == "credit" else f"{key} cannot be {shown(error['input'])}"
        findings.add(path, what, near)
    elif kind == "value_error":
        what, _, mend = str(error["ctx"]["error"]).partition(". ")
        findings.add(path, what, mend)
    else:
        findings.add(path, *_misshapen(key, error))


def _misshapen(key: str, error: Any) -> tuple[str, str]:
    """What is wrong with a value that is not what belongs under its key, and how to mend it."""
    kind, given, bounds = error["type"], shown(error["input"]), error.get("ctx", {})
    if kind.startswith(("int", "greater_than", "less_than")):
        word, bound = next(((_BOUNDS[it], value) for it, value in bounds.items() if it in _BOUNDS), ("", ""))
        what = f"{word} {bound}" if word else "not a whole number"
        return f"{key} {given} is {what}", f"Write it like {key}: {_NUMBERS.get(key, 500)}"
    if kind.startswith("bool"):
        return f"{key} is true or false; {given} is neither", f"Write {key}: true"
    if kind == "string_pattern_mismatch":
        return f"{key} is one line of text; {given} is not", "Leave out line breaks and other characters that are no letters"
    if kind.startswith(("string_too", "too_")):
        length = bounds.get("max_length") or bounds.get("min_length")
        return f"{key} is too {'long' if 'max_length' in bounds else 'short'}", f"The bound is {length}"
    noun, example = _NOUNS.get(kind.partition("_")[0], ("something else", ""))
    example = _PARTS_WRITTEN.get(key, example) if noun == "a mapping" else example
    return f"{key or 'this'} is {noun}; {given} is not", example


_PARTS_WRITTEN = {
    "budget": "Write budget: {points: 100000}",
    "effective": "Write effective: {from: 2026-01-01, to: 2027-01-01}",
}
_BOUNDS = {"gt": "not above", "ge": "below", "le": "above", "lt": "not below"}
_NUMBERS = {"fiscal_year_start": 4, "version": 2, "min_sample": 20, "debt_limit": 1000}
_NOUNS = {
    "string": ("text", "Write one word or line, in quotes if it looks like a number"),
    "list": ("a list", "Write each of its parts on a line that begins with -"),
    "dict": ("a mapping", "Write its keys below it, indented"),
    "model": ("a mapping", "Write its keys below it, indented"),
    "date": ("a date", "Write it like 2026-03-30"),
}


def _unknown_key(path: Path, key: str, findings: Findings) -> tuple[str, str]:
    part, name = _PARTS.get(str(path[-2]) if len(path) > 1 else "", (Document, "a program"))
    if len(path) > 1 and isinstance(path[-2], int):
        part, name = MilestonePart, "a milestone"
    options = [field.alias or name for name, field in part.model_fields.items()]
    return f"{shown(key)} is not part of {name}", findings.meant(key, options, listed(options))


_PARTS: dict[str, tuple[type[BaseModel], str]] = {"effective": (Effective, "effective"), "budget": (BudgetPart, "a budget")}
