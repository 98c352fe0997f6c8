"""What is wrong with a program is said in Dutch to whoever writes it on a Dutch page, and in English by the command."""

import pytest
from tests.unit.hostile_documents import Hostile, documents

from accolade.flows.publish import checked
from accolade.model.phrases import Phrase
from accolade.programs.problems import Problem, Problems
from accolade.texts import texts
from accolade.web.desk.rules.checking import look

EN, NL = texts("en"), texts("nl")

RACE = """\
id: race
title: {en: Race}
currency: EUR
time_zone: Europe/Amsterdam
effective: {from: 2026-01-01, to: 2027-01-01}
audience: everyone
department: sales
point_value: 0.01 EUR
milestones:
  - id: win
    title: {en: A win}
    kind: record
    when: {field: deal.stage, is: won}
    points: 100
"""


def problems(content: str | bytes) -> tuple[Problem, ...]:
    with pytest.raises(Problems) as caught:
        checked(content, file="x.yaml", own={})
    return caught.value.problems


def said(old: str, new: str) -> list[str]:
    assert old in RACE
    return [it.words for it in look(RACE.replace(old, new), id_="race", own={}, t=NL).wrong]


@pytest.mark.parametrize("document", documents(), ids=lambda it: it.name)
def test_every_problem_of_a_hostile_document_has_its_dutch_and_stays_english_as_a_text(document: Hostile) -> None:
    for it in problems(document.content):
        parts = [part for part in (it.what, it.mend) if part]
        assert all(type(part) is Phrase for part in parts), it
        assert [EN.t(part) for part in parts] == [str(part) for part in parts]
        assert "%(" not in NL.t(it.what)
        assert NL.t(it.what) != str(it.what)


@pytest.mark.parametrize(
    ("old", "new", "dutch"),
    [
        ("deal.stage, is: won", "deal.stgae, is: won", "Deal.stgae is geen veld van deal. Bedoelde je deal.stage?"),
        ("points: 100", 'points: "5%"', '"5%" heeft een veld nodig om een percentage van te zijn, bijvoorbeeld {per: '),
        ("points: 100", "points: lots", "Points lots is geen geheel getal van 1 tot 1.000.000.000. Schrijf het als points: 500."),
        ("kind: record", "kind: recrod", "Recrod is geen soort doel. Bedoelde je record?"),
        ("is: won", "is: 5", "Deal.stage is tekst; 5 is dat niet. Schrijf het tussen aanhalingstekens: \"5\"."),
        ("to: 2027-01-01", "to: 2025-01-01", "Het programma zou eindigen voordat het begint. Zet `to` op de dag na de laatste."),
        ("Europe/Amsterdam", "Europe/Amsterdm", "Europe/Amsterdm is geen tijdzone. Bedoelde je Europe/Amsterdam?"),
        ("point_value: 0.01 EUR\n", "", "Het programma zegt niet wat een punt waard is: schrijf point_value: 0.01 USD."),
        ("is: won}", "is: won", "Dit is geen YAML: "),
        ("id: race", "id: derby", "Dit is programma race. Schrijf id: race, of begin een ander programma met het id derby."),
        ("kind: record", 'kind: ""', "Dit is geen soort doel. Er zijn "),
    ],
)  # fmt: skip
def test_a_mistake_is_named_in_dutch_with_its_mending(old: str, new: str, dutch: str) -> None:
    assert any(it.startswith(dutch) for it in said(old, new)), said(old, new)


def test_what_somebody_wrote_is_a_value_and_never_a_pattern() -> None:
    (words,) = said("kind: record", "kind: '%(names)s <b>%s</b> 100%'")
    assert words.startswith("%(names)s <b>%s</b> 100% is geen soort doel.")
