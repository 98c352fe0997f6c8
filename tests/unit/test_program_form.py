"""The form of a program and its YAML say the same: what is not touched stays, and what is typed stands where it belongs."""

import random
from pathlib import Path

import pytest

from accolade.programs.catalogue import Catalogue
from accolade.programs.editing import GONE, at, changed, edited
from accolade.programs.loading import from_json, load, to_json
from accolade.programs.preset_files import names, preset
from accolade.programs.reading import read
from accolade.programs.writing import rewritten, written
from accolade.texts import texts
from accolade.web.desk.rules import conditions
from accolade.web.desk.rules.checking import look
from accolade.web.desk.rules.conditions import Row
from accolade.web.desk.rules.form import as_kind, edits, places, shown
from accolade.web.desk.rules.slots import BY_KIND
from accolade.web.desk.rules.view import form_view
from accolade.web.desk.rules.working import worked

HERE = Path(__file__).parent
SAMPLES = {name: preset(name).text for name in names()} | {
    "every kind": (HERE / "every_kind.yaml").read_text(),
    "every kind deployed": (HERE.parent / "e2e" / "every_kind.yaml").read_text(),
}
CATALOGUE = Catalogue()
RACE = SAMPLES["quarter-race"]
CYCLE = SAMPLES["cycle-time"]


def document(text):
    return read(text, file="sample")[0]


def paths(values, before=()):
    yield from [before] if before else []
    parts = values.items() if isinstance(values, dict) else enumerate(values) if isinstance(values, list) else ()
    for step, part in parts:
        yield from paths(part, (*before, step))


def sent(text, **more):
    return shown(document(text)) | {"text": (text,), "was": (text,)} | {key: (value,) for key, value in more.items()}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_form_that_is_sent_as_it_was_shown_changes_nothing(name):
    text = SAMPLES[name]
    assert edits(document(text), shown(document(text)), CATALOGUE) == []
    assert worked(sent(text), "look", CATALOGUE).text == text
    assert (
        worked({key: tuple(it.replace("\n", "\r\n") for it in values) for key, values in sent(text).items()}, "", CATALOGUE).text
        == text
    )


@pytest.mark.parametrize("name", SAMPLES)
def test_a_field_that_is_typed_changes_its_own_part_and_nothing_else(name):
    text = SAMPLES[name]
    before = document(text)
    for field, base, slot in places(before):
        if slot.form not in ("text", "whole", "scalar", "title") or not shown(before)[field][0]:
            continue
        after = document(worked(sent(text, **{field: "77"}), "look", CATALOGUE).text)
        path = (*base, *slot.path)
        if slot.form != "title":
            assert str(at(after, path)) == "77"
        assert shown(after)[field] == ("77",)
        assert changed(after, path[:2], GONE) == changed(before, path[:2], GONE), field


@pytest.mark.parametrize("name", SAMPLES)
def test_a_published_version_can_be_written_again_and_means_the_same(name):
    program = load(SAMPLES[name], file="sample.yaml")
    again = load(rewritten(from_json(to_json(program))), file="again.yaml")
    assert to_json(again) == to_json(program)


def test_any_part_of_any_document_can_be_put_changed_and_taken_away():
    chosen = random.Random(20261122)
    for text in SAMPLES.values():
        values = document(text)
        assert document(written(values)) == values
        for path in chosen.sample(list(paths(values)), 12):
            for value in (
                GONE,
                "new: text",
                7,
                ["a", "b"],
                {"all": [{"field": "deal.stage", "is": "won"}, {"field": "x", "in": [1]}]},
            ):
                assert document(edited(text, [(path, value)])) == changed(values, path, value), (path, value)


def test_comments_and_the_hand_of_the_author_stay():
    goals = "  # the first\n  - id: one\n    points: 5 # each\n  - {id: two, points: 6}\n"
    text = f"# by hand\nid:   race   # for ever\ntitle: Race\nmilestones:\n{goals}"
    after = edited(text, [(("milestones", 0, "points"), 7), (("milestones", 1, "points"), 8), (("unit",), "stars")])
    assert after == text.replace("5 # each", "7 # each").replace("points: 6", "points: 8").replace(
        "title: Race\n", "title: Race\nunit: stars\n"
    )


def test_a_document_in_json_becomes_yaml_once_the_form_changes_it():
    text = '{"id": "race", "title": "Race", "milestones": []}'
    assert edited(text, [(("title",), "Race")]) == text
    assert document(edited(text, [(("title",), "Derby")])) == {"id": "race", "title": "Derby", "milestones": []}


@pytest.mark.parametrize(
    "value",
    [
        "yes",
        "no",
        "0x1",
        "1e5",
        "- a",
        "a: b",
        "# x",
        "'",
        '"',
        "{{7*7}}",
        "\u202eWei",
        "\u2028",
        "",
        " ",
        "null",
        "1,5",
        "@x",
        "*x",
        "&x",
        "!x",
        "%",
        "2026-01-01",
        "70%",
        "tab\there",
    ],
)
def test_a_text_comes_back_as_it_was_whatever_is_in_it(value):
    after = document(edited(RACE, [(("title", "en"), value)]))
    assert after["title"]["en"] == value


@pytest.mark.parametrize(
    ("path", "value", "field", "row"),
    [
        (("milestones", 0, "points"), "lots", "m0_points", -1),
        (("milestones", 0, "when", "all", 1, "at_most"), "soon", "m0_when", 2),
        (("milestones", 0, "when", "all", 0, "field"), "deal.stgae", "m0_when", 1),
        (("milestones", 0, "kind"), "recrod", "m0_kind", -1),
        (("milestones", 0, "record"), "dael", "m0_record", -1),
        (("milestones", 0, "approval_above"), -1, "m0_approval_above", -1),
        (("time_zone",), "Europe/Amsterdm", "p_time_zone", -1),
        (("point_value",), "a cent", "p_point_value", -1),
        (("effective", "from"), "tomorrow", "p_from", -1),
        (("effective", "to"), GONE, "p_to", -1),
        (("budget", "points"), 0, "p_budget", -1),
        (("department",), GONE, "p_department", -1),
        (("audience",), {"field": "participant.rol", "is": "sales"}, "p_audience", 0),
        (("milestones", 0, "hold"), "a while", "m0", -1),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_at_its_line(path, value, field, row):
    text = edited(CYCLE, [(path, value)])
    looked = look(text, id_="cycle-time", own={}, t=texts("en"))
    assert looked.program is None
    assert [(it.field, it.row) for it in looked.wrong] == [(field, row)]
    assert looked.at(field, row)
    assert 0 < looked.wrong[0].line <= len(text.splitlines())


def test_a_target_without_a_value_is_said_at_the_goal():
    text = edited(SAMPLES["satisfaction"], [(("milestones", 0, "at_least"), GONE)])
    assert [it.field for it in look(text, id_="satisfaction", own={}, t=texts("en")).wrong] == ["m0"]


def test_a_draft_is_of_one_program_only():
    looked = look(RACE, id_="derby", own={}, t=texts("en"))
    assert looked.program is None
    assert "Write id: derby" in looked.wrong[0].words


def test_what_is_typed_on_both_sides_is_put_together():
    text = CYCLE.replace("points: 100\n", "points: 150\n")
    assert text != CYCLE
    after = worked(sent(CYCLE, m0_title_nl="Gauw gewonnen") | {"text": (text,)}, "save", CATALOGUE).text
    assert document(after)["milestones"][0]["points"] == 150
    assert document(after)["milestones"][0]["title"]["nl"] == "Gauw gewonnen"


def test_a_text_that_cannot_be_read_is_kept_as_it_is_and_says_that_the_form_waits():
    broken = CYCLE.replace("milestones:", "milestones: [")
    step = worked(sent(CYCLE, m0_points="1") | {"text": (broken,)}, "save", CATALOGUE)
    assert (step.text, step.unread) == (broken, True)
    assert not worked(sent(CYCLE) | {"text": (broken,)}, "save", CATALOGUE).unread


@pytest.mark.parametrize("kind", BY_KIND)
def test_a_goal_of_each_kind_can_be_added_and_is_complete(kind):
    text = worked(sent(RACE), f"milestone:{kind}", CATALOGUE).text
    looked = look(text, id_="quarter-race", own={}, t=texts("en"))
    assert looked.wrong == ()
    assert looked.program
    assert [it.kind for it in looked.program.milestones] == ["rank", kind]
    assert worked(sent(text), "drop:1", CATALOGUE).text.strip() == RACE.strip()


@pytest.mark.parametrize("name", ["satisfaction", "new-hire-spiff", "quota-attainment", "winning-streak"])
@pytest.mark.parametrize("kind", BY_KIND)
def test_a_goal_may_become_one_of_another_kind(name, kind):
    raw = document(SAMPLES[name])["milestones"][0]
    text = edited(SAMPLES[name], [(("milestones", 0), as_kind(raw, kind))])
    wrong = [it.words for it in look(text, id_=name, own={}, t=texts("en")).wrong]
    assert not [it for it in wrong if "is not for milestones" in it or "is missing" in it], wrong


def test_tests_and_groups_are_added_where_the_button_stands():
    raw = {"all": [{"field": "a", "is": "1"}, {"any": [{"field": "b", "is": "2"}]}]}
    rows = list(conditions.rows(raw))
    assert [(it.depth, it.word) for it in rows] == [(0, "all"), (1, "test"), (1, "any"), (2, "test")]
    assert [(it.depth, it.word) for it in conditions.with_test(rows, 2)] == [
        (0, "all"),
        (1, "test"),
        (1, "any"),
        (2, "test"),
        (2, "test"),
    ]
    assert [it.word for it in conditions.with_test(rows, 0, group=True)] == ["all", "test", "any", "test", "any", "test"]
    assert [it.word for it in conditions.without(rows, 3)] == ["all", "test"], "an empty group goes with its last test"
    assert conditions.without(rows, 0) == []
    one = [Row(0, "test", "a", "is", "1")]
    assert conditions.tree(conditions.with_test(one, 0), {}) == {"all": [{"field": "a", "is": 1}, {"field": "", "is": ""}]}


def test_the_words_before_a_condition_can_be_changed():
    values = sent(CYCLE)
    words = values["m0_when_word"]
    after = document(worked(values | {"m0_when_word": ("any", *words[1:])}, "look", CATALOGUE).text)
    assert after["milestones"][0]["when"] == {"any": document(CYCLE)["milestones"][0]["when"]["all"]}


def test_points_by_a_field_and_back():
    by_field = worked(sent(CYCLE), "per:m0_points", CATALOGUE).text
    assert document(by_field)["milestones"][0]["points"] == {"per": "deal.amount", "rate": "1%", "cap": 1000}
    assert shown(document(by_field))["m0_cap"] == ("1000",)
    assert document(worked(sent(by_field, m0_points="100"), "look", CATALOGUE).text)["milestones"][0]["points"] == 100


def test_what_the_form_cannot_say_is_shown_and_stays():
    text = edited(CYCLE, [(("milestones", 0), as_kind(document(CYCLE)["milestones"][0], "every"))])
    text = edited(text, [(("milestones", 0, "period"), {"from": "2026-03-01", "to": "2026-03-15"})])
    form = form_view(look(text, id_="cycle-time", own={}, t=texts("en")), CATALOGUE, texts("en"))
    period = next(it for it in form["milestones"][0]["fields"] if it["name"] == "m0_period")
    assert (period["form"], period["value"]) == ("locked", "{from: 2026-03-01, to: 2026-03-15}")
    assert worked(sent(text), "look", CATALOGUE).text == text
    assert "the multipliers" in form["milestones"][0]["beyond"]


def test_a_target_in_tiers_and_back():
    text = SAMPLES["satisfaction"]
    goal = document(text)["milestones"][0]
    tiered = worked(sent(text, m0_line_by="tiers", m0_line="80% = 100\r\n90% = 300"), "look", CATALOGUE).text
    after = document(tiered)["milestones"][0]
    assert after["tiers"] == [{"at_least": "80%", "points": 100}, {"at_least": "90%", "points": 300}]
    assert "points" not in after
    back = document(worked(sent(tiered, m0_line_by="at_least"), "look", CATALOGUE).text)["milestones"][0]
    assert (back["at_least"], back["points"], "tiers" in back) == ("80%", 100, False)
    assert goal["kind"] == back["kind"]
