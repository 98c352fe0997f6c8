"""A program's life: draft, ghost, live, retired; what each step asks for, and what the rulebook then judges by."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from accolade.model.errors import Refused
from accolade.programs.loading import load, numbered
from accolade.programs.rulebook import Rulebook
from accolade.programs.rules import Program
from accolade.programs.states import Lifecycle, State, in_rules
from accolade.programs.transitions import approved, entered, gone_live, retired, rolled_out, withdrawn

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TEXT = """\
id: race
title: Race
effective: {from: 2026-01-01}
time_zone: Europe/Amsterdam
point_value: 0.01 EUR
milestones:
  - {id: five, title: Five, kind: every, kpi: won_count, n: 5, period: quarter, points: 500}
"""
FIRST = load(TEXT, file="race.yaml")
SECOND = numbered(load(TEXT.replace("points: 500", "points: 600"), file="race.yaml"), 2)
NOTHING = Lifecycle("race")


def going(program: Program, lifecycle: Lifecycle, *existing: Program, starts: date | None = None, **more) -> Lifecycle:
    given = {"by": "bob", "second_person": False, "now": NOW} | more
    return gone_live(program, existing or (program,), lifecycle, starts=starts, **given)


def ghost(program: Program = FIRST, lifecycle: Lifecycle = NOTHING) -> Lifecycle:
    return entered(program, lifecycle, State.GHOST, author="asha", now=NOW)


def test_what_nothing_was_said_about_is_live() -> None:
    (found,) = in_rules([FIRST], NOTHING)
    assert (found.id, found.state, found.effective_from, found.pays_from) == ("race", "live", date(2026, 1, 1), None)


def test_a_draft_is_in_no_rulebook() -> None:
    assert in_rules([FIRST], entered(FIRST, NOTHING, State.DRAFT, author="asha", now=NOW)) == []


def test_a_ghost_is_a_program_of_its_own_beside_the_live_one() -> None:
    live, shadow = in_rules([FIRST, SECOND], ghost(SECOND))
    assert (live.id, live.version, live.ghost) == ("race", 1, False)
    assert (shadow.id, shadow.version, shadow.ghost) == ("race~ghost", 2, True)
    assert shadow.milestones[0].program == "race~ghost"
    book = Rulebook([live, shadow])
    assert book.on("race", date(2026, 3, 1)).version == 1
    assert book.on("race~ghost", date(2026, 3, 1)).version == 2


def test_a_ghost_that_goes_live_begins_on_the_day_that_was_named() -> None:
    after = going(FIRST, ghost(), starts=date(2026, 2, 1))
    (found,) = in_rules([FIRST], after)
    assert (found.state, found.effective_from) == ("live", date(2026, 2, 1))
    assert (after.of(1).author, after.of(1).approver) == ("asha", "bob")


def test_it_cannot_begin_before_its_document_says() -> None:
    with pytest.raises(Refused, match="begins on 2026-01-01, and 2025-12-31 is before"):
        going(FIRST, ghost(), starts=date(2025, 12, 31))


def test_a_ghost_that_replaces_a_live_version_begins_tomorrow_or_later() -> None:
    waiting = ghost(SECOND)
    after = going(SECOND, waiting, FIRST, SECOND)
    assert after.of(2).starts == date(2026, 3, 2)
    with pytest.raises(Refused, match="at least 2 minutes ahead"):
        going(SECOND, waiting, FIRST, SECOND, starts=date(2026, 3, 1))
    book = Rulebook(in_rules([FIRST, SECOND], after))
    assert (book.on("race", date(2026, 3, 1)).version, book.on("race", date(2026, 3, 2)).version) == (1, 2)


def test_an_older_ghost_cannot_go_live_over_a_newer_version() -> None:
    with pytest.raises(Refused, match="version 2 is live already"):
        going(FIRST, ghost(FIRST), FIRST, SECOND)


def test_a_live_version_cannot_go_live() -> None:
    with pytest.raises(Refused, match="it is live"):
        going(FIRST, NOTHING)


def test_without_its_backlog_it_pays_what_comes_from_the_day_it_went_live() -> None:
    skipping = replace(FIRST, document={**FIRST.document, "backlog": "skip"})
    after = going(skipping, ghost(skipping))
    assert after.of(1).pays_from == date(2026, 3, 1)
    assert in_rules([skipping], after)[0].pays_from == date(2026, 3, 1)


def test_where_a_second_person_is_asked_for_the_author_cannot_agree() -> None:
    waiting = ghost()
    with pytest.raises(Refused, match="another person has to agree"):
        going(FIRST, waiting, by="bob", second_person=True)
    with pytest.raises(Refused, match="asha published it"):
        approved(FIRST, waiting, by=" ASHA ", now=NOW)
    agreed = approved(FIRST, waiting, by="bob", now=NOW)
    assert going(FIRST, agreed, by="asha", second_person=True).state(1) is State.LIVE


def test_a_program_ends_on_a_day_ahead_and_its_ghosts_with_it() -> None:
    after = retired([FIRST, SECOND], ghost(SECOND), on=date(2026, 4, 1), now=NOW)
    (found,) = in_rules([FIRST, SECOND], after)
    assert (found.version, found.effective_to) == (1, date(2026, 4, 1))
    with pytest.raises(Refused, match="not at least 2 minutes ahead"):
        retired([FIRST], NOTHING, on=date(2026, 3, 1), now=NOW)


def test_after_its_end_nothing_can_be_changed_or_published() -> None:
    over = retired([FIRST], NOTHING, on=date(2026, 3, 2), now=NOW)
    later = datetime(2026, 3, 5, tzinfo=UTC)
    with pytest.raises(Refused, match="it ended on 2026-03-02"):
        retired([FIRST], over, on=date(2026, 5, 1), now=later)
    with pytest.raises(Refused, match="was retired"):
        entered(SECOND, over, State.LIVE, author="asha", now=later)


def test_a_ghost_can_be_given_up_and_what_pays_cannot() -> None:
    assert in_rules([FIRST], withdrawn(FIRST, ghost(), now=NOW)) == []
    with pytest.raises(Refused, match="it is ended, not given up"):
        withdrawn(FIRST, NOTHING, now=NOW)


def test_a_rollout_only_becomes_wider_once_it_pays() -> None:
    ahead = load(TEXT.replace("2026-01-01", "2026-06-01"), file="race.yaml")
    some = rolled_out([ahead], NOTHING, percent=20, teams=None, now=NOW)
    assert in_rules([ahead], some)[0].rollout_percent == 20
    begun = datetime(2026, 7, 1, tzinfo=UTC)
    assert rolled_out([ahead], some, percent=50, teams=None, now=begun).percent == 50
    for given in ({"percent": 10, "teams": None}, {"percent": None, "teams": ("West",)}):
        with pytest.raises(Refused, match="rolled out to 20% already"):
            rolled_out([ahead], some, now=begun, **given)
    west = rolled_out([ahead], NOTHING, percent=None, teams=("West",), now=NOW)
    assert rolled_out([ahead], west, percent=None, teams=("West", "Central"), now=begun).teams == ("Central", "West")
    assert in_rules([ahead], rolled_out([ahead], west, percent=100, teams=None, now=begun))[0].rollout_teams == ()
