"""Transitions: what may become of a published version, when and by whom. Each gives the lifecycle after, or is Refused."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from accolade.model.errors import Refused
from accolade.model.phrases import Phrase
from accolade.model.phrases import later as t
from accolade.model.times import zone_of
from accolade.programs.periods import midnight
from accolade.programs.publishing import AHEAD
from accolade.programs.rules import Program
from accolade.programs.states import STATE_WORDS, Lifecycle, State, VersionState, in_rules


def entered(program: Program, lifecycle: Lifecycle, state: State, *, author: str, now: datetime) -> Lifecycle:
    """A new version comes in as draft, ghost or live."""
    entry = VersionState(state, now, author=author)
    if state is State.LIVE:
        entry = replace(entry, pays_from=_pays_from(program, program.effective_from, now))
        if lifecycle.ends is not None and _is_over(lifecycle.ends, program.zone, now):
            raise Refused(
                t("program %(program)s was retired on %(ends)s", program=program.id, ends=lifecycle.ends),
                where=f"program {program.id}",
                mend=t("Publish it under another id"),
            )
    return lifecycle.having(program.version, entry)


def gone_live(
    program: Program,
    existing: Sequence[Program],
    lifecycle: Lifecycle,
    *,
    starts: date | None,
    by: str,
    second_person: bool,
    now: datetime,
) -> Lifecycle:
    """A ghost, or a draft that another person agreed to, pays from `starts` on (None: from the first day it may).

    A version that replaces a live one begins at least two minutes ahead; a first one may begin in the past, but not
    before its document says.
    """
    where = f"program {program.id} version {program.version}"
    before = lifecycle.of(program.version)
    if before is None or before.state not in (State.GHOST, State.DRAFT):
        raise Refused(
            t("it is %(state)s, so it cannot go live", state=STATE_WORDS[lifecycle.state(program.version)]), where=where
        )
    if second_person and not before.approver:
        raise Refused(
            t("another person has to agree before it pays"),
            where=where,
            mend=f"accolade program approve {program.id}@{program.version} --as NAME",
        )
    others = [it for it in existing if it.version != program.version and lifecycle.state(it.version) is State.LIVE]
    later = [it.version for it in others if it.version > program.version]
    if later:
        raise Refused(
            t("version %(version)s is live already", version=max(later)),
            where=where,
            mend=t("Publish this document once more, as a newer one"),
        )
    day = _first_day(program, starts, replaces=bool(others), now=now, where=where)
    _ahead_of_end(day, lifecycle, where)
    entry = replace(
        before,
        state=State.LIVE,
        since=now,
        starts=None if day == program.effective_from else day,
        pays_from=_pays_from(program, day, now),
        approver=before.approver or ("" if by == before.author else by),
    )
    return lifecycle.having(program.version, entry)


def approved(program: Program, lifecycle: Lifecycle, *, by: str, now: datetime) -> Lifecycle:
    """Another person than its author agrees to a version."""
    where = f"program {program.id} version {program.version}"
    before = lifecycle.of(program.version)
    if before is None or before.state not in (State.GHOST, State.DRAFT):
        raise Refused(
            t("it is %(state)s: there is nothing to agree to", state=STATE_WORDS[lifecycle.state(program.version)]), where=where
        )
    if not by.strip() or by.strip().casefold() == before.author.strip().casefold():
        raise Refused(
            t("%(author)s published it, so another person has to agree", author=before.author or t("its author")), where=where
        )
    return lifecycle.having(program.version, replace(before, approver=by.strip(), since=now))


def retired(programs: Sequence[Program], lifecycle: Lifecycle, *, on: date, now: datetime) -> Lifecycle:
    """The program ends at the beginning of `on`: what is dated then or later counts no more, what was earned stays.

    At least two minutes ahead: an end in the past would take back what was earned since.
    """
    program = programs[-1]
    where = f"program {program.id}"
    if lifecycle.ends is not None and _is_over(lifecycle.ends, program.zone, now):
        raise Refused(t("it ended on %(ends)s", ends=lifecycle.ends), where=where)
    if midnight(on, program.zone) < now + AHEAD:
        raise Refused(
            t(
                "%(on)s 00:00 in %(zone)s is not at least 2 minutes ahead, and points earned since would be taken back",
                on=on,
                zone=program.zone,
            ),
            where=where,
            mend=t("Name a later day"),
        )
    versions = {
        number: replace(it, state=State.RETIRED, since=now) if it.state in (State.GHOST, State.DRAFT) else it
        for number, it in lifecycle.versions.items()
    }
    return replace(lifecycle, versions=versions, ends=on)


def withdrawn(program: Program, lifecycle: Lifecycle, *, now: datetime) -> Lifecycle:
    """A ghost or a draft is given up."""
    before = lifecycle.of(program.version)
    if before is None or before.state not in (State.GHOST, State.DRAFT):
        where = f"program {program.id} version {program.version}"
        raise Refused(
            t("it is %(state)s, so it is ended, not given up", state=STATE_WORDS[lifecycle.state(program.version)]),
            where=where,
            mend=f"accolade program retire {program.id} --on DATE",
        )
    return lifecycle.having(program.version, replace(before, state=State.RETIRED, since=now))


def rolled_out(
    programs: Sequence[Program], lifecycle: Lifecycle, *, percent: int | None, teams: tuple[str, ...] | None, now: datetime
) -> Lifecycle:
    """The program is for a stable share of its audience, or for these teams; 100 percent is everybody.

    Once a version has begun to pay it only becomes wider: whoever drops out would have points taken back.
    """
    program, where = programs[-1], f"program {programs[-1].id}"
    if (percent is None) == (teams is None):
        raise Refused(t("say to whom it is rolled out"), where=where, mend="--percent 50, or --teams West,Central, not both")
    if percent is not None and not 1 <= percent <= 100:
        raise Refused(t("%(percent)s is not a share in percent", percent=percent), where=where, mend=t("Use 1 to 100"))
    given = tuple(sorted({team.strip() for team in teams or () if team.strip()}))
    if teams is not None and not given:
        raise Refused(t("no team is named"), where=where, mend="--teams West,Central")
    wanted = (percent or 100, given)
    had = (
        program.rollout_percent if lifecycle.percent is None else lifecycle.percent,
        program.rollout_teams if lifecycle.teams is None else lifecycle.teams,
    )
    if _has_begun(programs, lifecycle, now) and not _is_wider(wanted, had):
        raise Refused(
            t(
                "it is rolled out to %(whom)s already, and points of those who drop out would be taken back",
                whom=rollout_words(*had),
            ),
            where=where,
            mend=t("Name at least those"),
        )
    return replace(lifecycle, percent=wanted[0], teams=given, rolled_out_at=now)


def rollout_words(percent: int, teams: Sequence[str]) -> Phrase | str:
    """`20%`, `West, Central`, `everybody`"""
    if teams:
        return ", ".join(teams) if percent == 100 else t("%(percent)s%% of %(teams)s", percent=percent, teams=", ".join(teams))
    return t("everybody") if percent == 100 else f"{percent}%"


def _is_wider(wanted: tuple[int, tuple[str, ...]], had: tuple[int, tuple[str, ...]]) -> bool:
    if wanted == (100, ()):
        return True
    fits = not wanted[1] or (bool(had[1]) and set(had[1]) <= set(wanted[1]))
    return fits and wanted[0] >= had[0] and not (had[1] and not wanted[1])


def _has_begun(programs: Sequence[Program], lifecycle: Lifecycle, now: datetime) -> bool:
    return any(midnight(it.effective_from, it.zone) <= now for it in in_rules(programs, lifecycle) if not it.ghost)


def _first_day(program: Program, starts: date | None, *, replaces: bool, now: datetime, where: str) -> date:
    if starts is not None and starts < program.effective_from:
        raise Refused(
            t("its document begins on %(begin)s, and %(day)s is before", begin=program.effective_from, day=starts),
            where=where,
            mend=t("Publish it with an earlier effective.from"),
        )
    if not replaces:
        return starts or program.effective_from
    today = (now + AHEAD).astimezone(zone_of(program.zone)).date()
    if starts is None:
        ahead = midnight(program.effective_from, program.zone) >= now + AHEAD
        return program.effective_from if ahead else today + timedelta(days=1)
    if midnight(starts, program.zone) < now + AHEAD:
        raise Refused(
            t(
                "a replacement takes effect at least 2 minutes ahead, and %(day)s 00:00 in %(zone)s is not",
                day=starts,
                zone=program.zone,
            ),
            where=where,
            mend=f"--from {today + timedelta(days=1)}, or later",
        )
    return starts


def _ahead_of_end(day: date, lifecycle: Lifecycle, where: str) -> None:
    if lifecycle.ends is not None and day >= lifecycle.ends:
        raise Refused(t("the program ends on %(ends)s, before it would begin", ends=lifecycle.ends), where=where)


def _pays_from(program: Program, starts: date, now: datetime) -> date | None:
    """With `backlog: skip`, what is dated before it went live is the baseline from which it pays."""
    if program.document.get("backlog") != "skip":
        return None
    return max(starts, now.astimezone(zone_of(program.zone)).date())


def _is_over(day: date, zone: str, now: datetime) -> bool:
    return midnight(day, zone) <= now
