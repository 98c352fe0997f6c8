"""Publishing: which version a document becomes, whether it may take effect when it says, and what its author should know."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from accolade.model.errors import Refused
from accolade.model.phrases import later as t
from accolade.programs.loading import numbered, to_json
from accolade.programs.periods import midnight
from accolade.programs.rules import Program

AHEAD = timedelta(minutes=2)
"""How far ahead a replacement takes effect at least: functions keep the rules in memory for a while."""


@dataclass(frozen=True, slots=True)
class Publication:
    """What may be stored: the numbered program, whether it is there already, and what its author should know."""

    program: Program
    unchanged: bool = False
    warnings: tuple[str, ...] = ()


def publication(
    program: Program,
    existing: Sequence[Program],
    *,
    now: datetime,
    replaced: Sequence[Program] | None = None,
    given_up: Collection[int] = (),
) -> Publication:
    """The version that the document becomes beside the `existing` ones of the same program.

    A document without a version gets the next number; what is published already comes back unchanged, unless that
    version was `given_up`. Refused if it changes a published version, leaves a number out, or replaces a version that
    pays less than two minutes before it takes effect (the first version may begin in the past). `replaced`: the versions
    that pay; all of them if not given, none for a ghost.
    """
    where = f"program {program.id}"
    stated = program.document.get("version")
    newest = max(existing, key=lambda it: it.version, default=None)
    candidate = stated if isinstance(stated, int) else newest.version + 1 if newest else 1
    for published in existing:
        mine = stated in (None, published.version) and published.version not in given_up
        if mine and _same(numbered(program, published.version), published):
            return Publication(published, unchanged=True)
        if published.version == candidate:
            raise Refused(
                t("version %(version)s is published, and published versions never change", version=candidate),
                where=where,
                mend=t("Leave the version out, or write the next one"),
            )
    if candidate != (newest.version + 1 if newest else 1):
        raise Refused(
            t(
                "version %(version)s does not follow version %(newest)s",
                version=candidate,
                newest=newest.version if newest else 0,
            ),
            where=where,
            mend=t("Leave the version out, and it is numbered"),
        )
    begins = midnight(program.effective_from, program.zone)
    if (existing if replaced is None else replaced) and begins < now + AHEAD:
        raise Refused(
            t(
                "a replacement takes effect at least 2 minutes ahead, and %(day)s 00:00 in %(zone)s is not",
                day=program.effective_from,
                zone=program.zone,
            ),
            where=where,
            mend=t("Write a later day under effective.from"),
        )
    return Publication(numbered(program, candidate), warnings=tuple(_warnings(program, newest)))


def _same(one: Program, other: Program) -> bool:
    """Whether both say the same, apart from a version that one of them leaves out."""
    return to_json(numbered(one, other.version)) == to_json(numbered(other, other.version))


def _warnings(program: Program, before: Program | None) -> Iterator[str]:
    if program.budget is None:
        yield "The program has no budget: nothing limits what it pays."
    for milestone in program.milestones:
        if milestone.points.per and milestone.points.cap is None:
            yield f"{milestone.id} has no cap: a mistyped {milestone.points.per} pays without limit."
        if before and milestone.calendar and milestone.calendar.kind == "lifetime":
            yield f"{milestone.id} counts over all time: the program's first version judges it, and a change needs a new program."
    if before and before.zone != program.zone:
        yield f"The time zone changes from {before.zone} to {program.zone}: running periods end under the old one."
