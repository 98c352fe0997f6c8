"""Program documents that mean harm by what they weigh: each is refused with a reason (how fast: `make bench`)."""

import pytest
from tests.unit.program_texts import HEAD, milestone, problems

HEAD_JSON = '{"id": "a", "title": "A", "effective": {"from": "2026-01-01"}, "time_zone": "UTC", "point_value": "0.01 USD", '
BOMB = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{b}: &{b} [*{a},*{a},*{a},*{a},*{a},*{a}]\n" for a, b in zip("abcdefg", "bcdefgh", strict=True)
)
WORD = "x" * 50
HOSTILE = {
    "alias bomb": (BOMB, "aliases and anchors"),
    "anchor": ("id: &x a\n", "aliases and anchors"),
    "merge key": ("a: 1\n<<: {b: 2}\n", "a key must be a plain word"),
    "python tag": ("id: !!python/object/apply:os.system ['true']\n", "tags ("),
    "any tag": ("id: !x a\n", "tags ("),
    "binary tag": ("id: !!binary aGk=\n", "tags ("),
    "yaml directive tag": ("%TAG ! tag:x,2000:\n---\nid: !y a\n", "tags ("),
    "deep list": ("a: " + "[" * 60_000, "nested too deeply"),
    "deep mapping": ("{a: " * 16_000, "nested too deeply"),
    "deep json": ('{"a":' * 10_000, "nested too deeply"),
    "deep json list": ('{"a":' + "[" * 60_000, "nested too deeply"),
    "deep block": ("".join(f"{' ' * i}a:\n" for i in range(300)), "nested too deeply"),
    "too many values": ("a: [" + "x," * 30_000 + "]", "too many values"),
    "too many json values": ('{"a": [' + "1," * 32_000 + "1]}", "too many values"),
    "json with no more values than fit": (HEAD_JSON + '"milestones": [' + "1," * 11_900 + "1]}", "milestones"),
    "too large": ("a: " + "x" * 70_000, "larger than 64 KB"),
    "too large in bytes": ("a: " + "\u20ac" * 25_000, "larger than 64 KB"),
    "not a number": (HEAD.replace("0.01 USD", ".nan"), "not a number that can be used"),
    "infinite": (HEAD.replace("0.01 USD", "-.inf"), "not a number that can be used"),
    "exponent": (HEAD.replace("0.01 USD", "1e999999999"), "not a number that can be used"),
    "json NaN": ('{"id": NaN}', "NaN is not a number"),
    "json infinity": ('{"id": -Infinity}', "-Infinity is not a number"),
    "json exponent": ('{"id": 1e999999999}', "not a number that can be used"),
    "json huge integer": ('{"id": ' + "9" * 50_000 + "}", "not a number that can be used"),
    "yaml huge integer": (
        milestone("id: a, title: A, kind: every, kpi: won_count, period: year, n: 5, points: " + "9" * 5_000),
        "points 9999",
    ),
    "key twice": ("id: a\nid: b\n", "id is written twice"),
    "json key twice": ('{"id": 1, "id": 2}', "id is written twice"),
    "two documents": ("id: a\n---\nid: b\n", "more than one document"),
    "empty": ("", "the document is empty"),
    "comment only": ("# nothing\n", "the document is empty"),
    "a list": ("- a\n- b\n", "a program is a mapping"),
    "a word": ("hello", "a program is a mapping"),
    "complex key": ("? [a, b]\n: c\n", "a key must be a plain word"),
    "tab": ("id:\ta\n\tb: c\n", "this is not YAML"),
    "control characters": ("id: a\x00b\n", "there is a control character (U+0000)"),
    "half a character": ('{"id": "\\ud800"}', "half a character"),
    "json quotes without end": ('{"a": "' + '\\"' * 30_000, "this is not JSON"),
    "unclosed": ('{"id": "a"', "this is not JSON"),
    "unclosed yaml": ("id: 'a\n", "this is not YAML"),
    "json then code": ('{"id": "a"}; import os', "this is not JSON"),
    "code in a condition": (
        milestone("id: a, title: A, kind: record, points: 5, when: \"__import__('os').system('true')\""),
        "not a condition",
    ),
    "attribute access": (
        milestone("id: a, title: A, kind: record, points: 5, when: {field: deal.__class__, is: x}"),
        "deal.__class__ is not a field",
    ),
    "regex": (
        milestone("id: a, title: A, kind: record, points: 5, when: {field: deal.name, matches: '(a+)+$'}"),
        "matches is not",
    ),
    "numbers as keys": (HEAD.replace("title", "5"), "5 is not part of a program"),
    "nothing as milestones": (HEAD, "milestones"),
    "text as milestones": (HEAD.replace("milestones:", "milestones: all of them"), "milestones"),
    "lists everywhere": (
        "id: []\ntitle: []\neffective: []\ntime_zone: []\npoint_value: []\nmilestones: [[], 1, x, {}]\n",
        "milestones[0]",
    ),
    "mappings everywhere": (
        "id: {}\ntitle: {}\neffective: {}\ntime_zone: {}\npoint_value: {}\nmilestones: {}\naudience: {}\n",
        "audience",
    ),
    "wrong types in a milestone": (
        milestone("id: 5, title: 5, kind: {}, when: [], kpi: {}, n: [], period: {}, points: [], record: {}"),
        "kind",
    ),
    "a kind of each": ("".join([HEAD, *(f"  - {{kind: {kind}}}\n" for kind in ("record", "every", "kpi"))]), "milestones[2]"),
    "3000 unknown keys": ("".join(f"timezone{i}: 1\n" for i in range(2_600)), "50 problems"),
    "long unknown keys": ("".join(f"{WORD}{i}: 1\n" for i in range(1_000)), "50 problems"),
    "a key of 60 KB": ("x" * 60_000 + ": 1\n", "this is not YAML"),
    "a long key": ("x" * 1_000 + ": 1\n", "is not part of a program"),
    "500 wrong milestones": (HEAD + "  - {id: a, kind: kpi}\n" * 500, "50 problems"),
    "5000 milestones": (HEAD + "  - 1\n" * 5_000, "milestones"),
    "1500 wrong tests": (
        milestone("id: a, title: A, kind: record, points: 5, when: {all: [" + "{field: deal.stgae, is: won}, " * 1_500 + "]}"),
        "50 problems",
    ),
    "10000 options": (
        milestone("id: a, title: A, kind: record, points: 5, when: {field: deal.stage, in: [" + "wno, " * 7_000 + "]}"),
        "deal.stage is never wno. Did you mean won?",
    ),
    "mirrored text": (milestone("id: a, title: 'A\u202e', kind: evry\u202e, points: 5"), "evry\\u202e is not a kind"),
    "line breaks in a title": (
        milestone('id: a, title: "A\\nBcc: b", kind: every, kpi: won_count, n: 5, period: year, points: 5'),
        "title",
    ),
    "a path as id": (
        milestone("id: ../../a, title: A, kind: every, kpi: won_count, n: 5, period: year, points: 5"),
        "../../a is not an id",
    ),
    "a hash in an id": (
        milestone("id: 'a#1', title: A, kind: every, kpi: won_count, n: 5, period: year, points: 5"),
        "a#1 is not an id",
    ),
    "the far future": (HEAD.replace("2026-01-01", "99999-01-01"), "99999-01-01 is not"),
    "a zone that is a path": (HEAD.replace("Europe/Amsterdam", "../../etc/passwd"), "is not a time zone"),
    "negative points": (
        milestone("id: a, title: A, kind: every, kpi: won_count, n: 5, period: year, points: -5"),
        "points -5 is not",
    ),
    "true as points": (
        milestone("id: a, title: A, kind: every, kpi: won_count, n: 5, period: year, points: true"),
        "points true is not",
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_document_is_refused_with_a_reason(name) -> None:
    text, said = HOSTILE[name]
    refused = problems(text)
    assert said in refused.report()
    assert len(refused.problems) <= 50
    assert max(len(line) for line in refused.report().splitlines()) < 500


def test_there_are_at_least_60_of_them() -> None:
    assert len(HOSTILE) >= 60
