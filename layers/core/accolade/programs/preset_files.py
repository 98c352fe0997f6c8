"""Presets: programs to begin with, one a file in `presets/`, and how one is made ready for a company and a day."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from accolade.model.errors import Rejected

MADE_FOR = date(2026, 1, 1)
"""The day on which every preset begins as it stands."""

_SAYS = ("What", "For whom", "Adapt", "Risks")
_HEAD = re.compile(rf"^# ({'|'.join(_SAYS)}): (.*(?:\n#   .*)*)", re.MULTILINE)
_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_CURRENCY = "USD"


@dataclass(frozen=True, slots=True)
class Preset:
    """A preset: `what` it rewards, `whom`, what to `adapt` and its `risks`, as its file says; `text` is the document."""

    name: str
    department: str
    title: str
    what: str
    whom: str
    adapt: str
    risks: str
    text: str


@cache
def names() -> tuple[str, ...]:
    """The presets there are, by name."""
    return tuple(sorted(it.name.removesuffix(".yaml") for it in _folder().iterdir() if it.name.endswith(".yaml")))


def preset(name: str) -> Preset:
    """The preset of that name; Rejected if there is none."""
    if name not in names():
        near = get_close_matches(name, names(), n=1)
        meant = f"Did you mean {near[0]}? " if near else ""
        raise Rejected(f"{name[:60]!r} is not a preset", mend=f"{meant}accolade preset list shows all {len(names())}")
    text = (_folder() / f"{name}.yaml").read_text(encoding="utf-8")
    said = {key: words.replace("-\n#   ", "-").replace("\n#   ", " ").strip() for key, words in _HEAD.findall(text)}
    return Preset(
        name=name,
        department=_value(text, "department"),
        title=_title(text),
        what=said["What"],
        whom=said["For whom"],
        adapt=said["Adapt"],
        risks=said["Risks"],
        text=text,
    )


def adapted(
    it: Preset, *, starts: date, id_: str = "", currency: str = _CURRENCY, time_zone: str = "UTC", audience: str = ""
) -> str:
    """The preset's document from a day on, for a year: its windows move along, amounts are in `currency` (as many, not
    converted), days are those of `time_zone`; `audience` as an author writes it. Comments stay."""
    ends = starts.replace(year=starts.year + 1) if (starts.month, starts.day) != (2, 29) else date(starts.year + 1, 3, 1)
    shift = starts - MADE_FOR
    text = "".join(_moved(line, shift) for line in it.text.splitlines(keepends=True))
    said = {"effective": f"{{from: {starts}, to: {ends}}}", "time_zone": time_zone, "id": id_ or it.name}
    for key, value in (said | ({"audience": audience} if audience else {})).items():
        line = f"{key}: {value}".replace("\\", r"\\")
        text = re.sub(rf"^{key}: .*$", line, text, flags=re.MULTILINE)
    return re.sub(rf"\b{_CURRENCY}\b", currency, text)


def _moved(line: str, shift: timedelta) -> str:
    if "period: {from:" not in line:
        return line
    return _DAY.sub(lambda found: (date.fromisoformat(found[0]) + shift).isoformat(), line)


def _folder() -> Traversable:
    return files("accolade.programs") / "presets"


def _value(text: str, key: str) -> str:
    found = re.search(rf"^{key}: (.*)$", text, re.MULTILINE)
    return found[1] if found else ""


def _title(text: str) -> str:
    return _value(text, "title").removeprefix("{en: ").partition(", nl:")[0]
