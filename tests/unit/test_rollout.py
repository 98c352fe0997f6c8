"""Roll-out: who is in a part of all participants, and that they stay in it."""

from collections import Counter

from tests.unit.test_kinds import EVERY_KIND, program

from accolade.programs.loading import from_json, to_json
from accolade.programs.rollout import bucket, bucket_field, buckets
from accolade.programs.states import GHOST, Lifecycle, in_rules

PEOPLE = [f"P{number:06d}" for number in range(1, 5001)]
WON = {"deal.stage": "won"}


def test_parts_are_about_equal_and_differ_from_program_to_program() -> None:
    sizes = Counter(bucket("race", number) for number in PEOPLE)
    assert set(sizes) == set(range(100))
    assert max(sizes.values()) < 2 * min(sizes.values()) + 20
    assert [bucket("race", it) for it in PEOPLE[:50]] != [bucket("other", it) for it in PEOPLE[:50]]


def test_a_part_does_not_change_with_the_version_or_for_a_ghost() -> None:
    assert bucket("race", "P000017") == bucket(f"race{GHOST}", "P000017")
    assert bucket_field("race") == bucket_field(f"race{GHOST}") == "participant.bucket.race"
    assert bucket("race", "P000017") == 88  # for ever: it may not change with a release either


def test_a_program_for_a_part_of_everybody_is_for_nobody_else_and_more_keep_who_was_in() -> None:
    inside: dict[int, set[str]] = {}
    for percent in (20, 50, 100):
        built = program(EVERY_KIND["record"], extra=f"rollout: {{percent: {percent}}}\n")
        milestone = built.milestones[0]
        inside[percent] = {it for it in PEOPLE if milestone.holds(WON | buckets([built], it)) is True}
    assert 0.17 < len(inside[20]) / len(PEOPLE) < 0.23
    assert inside[20] < inside[50] < inside[100] == set(PEOPLE)


def test_a_program_for_some_teams_joins_its_audience() -> None:
    extra = "audience: {field: participant.role, is: sales}\nrollout: {teams: [West, East]}\n"
    built = program(EVERY_KIND["record"], EVERY_KIND["every"], extra=extra)
    record, every = built.milestones
    west = WON | {"participant.role": "sales", "participant.team": "West"}
    assert record.holds(west) is True
    assert record.holds(west | {"participant.team": "North"}) is False
    assert record.holds(west | {"participant.role": "service"}) is False
    assert every.kpi is not None
    assert every.kpi.where is not None
    assert every.kpi.where(west) is True
    assert every.kpi.where(west | {"participant.team": "North"}) is False
    assert from_json(to_json(built)) == built


def test_who_is_not_asked_has_no_hidden_field() -> None:
    assert buckets([program(EVERY_KIND["record"])], "P000017") == {}


def test_a_roll_out_that_goes_on_after_publishing_binds_every_rule_and_changes_no_document() -> None:
    published = program(EVERY_KIND["record"], EVERY_KIND["every"])
    (some,) = in_rules([published], Lifecycle("race", percent=20))
    assert (some.rollout_percent, some.document) == (20, published.document)
    held = {number for number in PEOPLE[:500] if some.milestones[0].holds(WON | buckets([some], number)) is True}
    assert held == {number for number in PEOPLE[:500] if bucket("race", number) < 20}
    assert some.milestones[1].kpi is not None
    assert some.milestones[1].kpi.where is not None
    (everybody,) = in_rules([some], Lifecycle("race", percent=100))
    assert everybody.milestones == published.milestones
