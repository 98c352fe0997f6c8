"""What people read, in English and in Dutch."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from importlib.resources import files
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from jinja2 import Environment, nodes
from tests.sending import CLAWBACK, EVERY, FAST, NOW, STEP

import accolade
from accolade.model.deliveries import Line
from accolade.model.money import Money
from accolade.texts import fill, texts
from accolade.texts.news import pieces
from accolade.texts.phrases import next_step, points, reasons, way_back, what_happened, why
from accolade.texts.plain import plain

EN, NL = texts("en"), texts("nl")
HOLES = re.compile(r"%\((\w+)\)[sr]")


def test_numbers_dates_and_money_read_as_the_locale_writes_them():
    assert (EN.number(1240), NL.number(1240)) == ("1,240", "1.240")
    assert (EN.date(date(2017, 4, 2)), NL.date(date(2017, 4, 2))) == ("2 April 2017", "2 april 2017")
    assert (EN.day(date(2017, 4, 2)), NL.day(date(2017, 4, 2))) == ("2 April", "2 april")
    assert EN.datetime(NOW, "Europe/Amsterdam") == "30 March 2017, 12:00"
    assert EN.money(Money(123456, "EUR")) == "€1,234.56"
    assert NL.money(Money(123456, "EUR")) == "€\xa01.234,56"
    assert EN.money(Money(5000, "JPY")) == "¥5,000"


@pytest.mark.parametrize(
    ("number", "word"),
    [
        (1, "1st"),
        (2, "2nd"),
        (3, "3rd"),
        (4, "4th"),
        (11, "11th"),
        (12, "12th"),
        (13, "13th"),
        (21, "21st"),
        (111, "111th"),
        (1002, "1,002nd"),
    ],
)
def test_ordinals_are_spelled_right(number, word):
    assert EN.ordinal(number) == word
    assert NL.ordinal(5) == "5e"


@pytest.mark.parametrize("locale", ["nl", "nl-BE", "nl_NL", "NL"])
def test_every_kind_of_dutch_reads_dutch(locale):
    assert texts(locale).t("this quarter") == "dit kwartaal"


@pytest.mark.parametrize("locale", ["fr", "", "xx-YY", "../../etc"])
def test_a_language_that_we_do_not_have_reads_english(locale):
    assert texts(locale).t("this quarter") == "this quarter"


def test_periods_are_named_by_where_the_reader_stands():
    later = datetime(2017, 4, 1, 10, tzinfo=UTC)
    assert EN.during("2017Q1@Europe.Amsterdam", NOW) == "this quarter"
    assert EN.during("2017Q1@Europe.Amsterdam", later) == "in Q1 2017"
    assert NL.during("2017Q1@Europe.Amsterdam", later) == "in Q1 2017"
    assert EN.during("2017-03@UTC", NOW) == "this month"
    assert EN.during("2017-02@UTC", NOW) == "in February 2017"
    assert EN.during("2017@UTC", NOW) == "this year"
    assert EN.during("lifetime", NOW) == ""
    assert EN.period("lifetime") == "all time"


def test_a_quarter_ends_by_the_programs_clock():
    almost = datetime(2017, 3, 31, 23, 30, tzinfo=UTC)
    assert EN.during("2017Q1@UTC", almost) == "this quarter"
    assert EN.during("2017Q1@Europe.Amsterdam", almost) == "in Q1 2017"


def test_a_fiscal_quarter_is_named_by_the_year_it_ends_in():
    assert EN.during("2017Q4@UTC~4", NOW) == "this quarter"
    assert EN.during("2018Q1@UTC~4", datetime(2017, 4, 1, 10, tzinfo=UTC)) == "this quarter"


def test_every_fifth_win_says_which_win_it_was():
    assert why(EN, EVERY, NOW) == "5th win this quarter"
    assert why(NL, EVERY, NOW) == "5e gewonnen deal dit kwartaal"
    six = replace(EVERY, facts={**EVERY.facts, "count": 6})
    assert why(EN, six, NOW) == "5th win this quarter"
    fallen = replace(EVERY, points=-500, facts={**EVERY.facts, "count": 4})
    assert why(EN, fallen, NOW) == "5th win this quarter"


def test_other_milestones_read_as_their_author_wrote():
    assert why(EN, FAST, NOW) == "closed in 10 days"
    assert why(NL, FAST, NOW) == "gesloten in 10 dagen"
    assert why(EN, replace(FAST, facts={"days": 1}), NOW) == "closed in 1 day"
    assert why(NL, replace(FAST, title={"en": "first big deal"}), NOW) == "first big deal"


def test_a_title_whose_facts_are_unknown_falls_back_to_the_name_of_the_milestone():
    assert why(EN, replace(FAST, facts={}), NOW) == "fast win"
    assert why(EN, replace(FAST, title={}), NOW) == "fast win"


def test_titles_are_templates_of_plain_names_only():
    assert fill("{days} {days.__class__} {0} {} %(x)s %s", {"days": "10"}) is None
    assert fill("{days} {days.__class__} {} %(x)s %s", {"days": "10"}) == "10 {days.__class__} {} %(x)s %s"
    assert fill("{a}", {"a": "{b}", "b": "no"}) == "{b}"


def test_one_line_needs_no_points_of_its_own_and_several_do():
    assert reasons(EN, [FAST], NOW) == "closed in 10 days"
    assert reasons(EN, [EVERY, FAST], NOW) == "5th win this quarter 500, closed in 10 days 50"
    assert reasons(EN, [EVERY, replace(FAST, points=-50)], NOW) == "5th win this quarter 500, closed in 10 days -50"
    assert reasons(EN, CLAWBACK.lines, NOW) == "5th win this quarter 500, closed in 10 days 50"


@pytest.mark.parametrize(
    ("reason", "english", "dutch"),
    [
        ("reopened", '"N" was reopened on 2 April.', '"N" is op 2 april heropend.'),
        ("lost", '"N" was marked as lost on 2 April.', '"N" is op 2 april als verloren gemarkeerd.'),
        ("amount", 'the amount of "N" was changed on 2 April.', 'het bedrag van "N" is op 2 april gewijzigd.'),
        ("owner", '"N" was credited to somebody else on 2 April.', '"N" is op 2 april aan iemand anders toegekend.'),
        ("deleted", '"N" was deleted on 2 April.', '"N" is op 2 april verwijderd.'),
        ("merged", '"N" was merged into another record on 2 April.', '"N" is op 2 april samengevoegd met een andere deal.'),
        (
            "rules",
            '"N" was changed on 2 April and no longer reaches the goal.',
            '"N" is op 2 april gewijzigd en haalt het doel niet meer.',
        ),
    ],
)
def test_points_that_go_back_say_why(reason, english, dutch):
    taken = replace(CLAWBACK, lines=tuple(replace(it, facts={**it.facts, "reason": reason}) for it in CLAWBACK.lines))
    assert what_happened(EN, taken, subject="N") == english
    assert what_happened(NL, taken, subject="N") == dutch
    assert bool(way_back(EN, taken)) is (reason in {"reopened", "lost", "deleted"})


def test_the_next_step_names_what_is_left_its_worth_and_its_end():
    assert next_step(EN, STEP) == "2 more wins for 500 points, until 30 June"
    assert next_step(NL, STEP) == "Nog 2 gewonnen deals voor 500 punten, tot en met 30 juni"
    assert next_step(EN, replace(STEP, done=4)) == "1 more win for 500 points, until 30 June"
    assert next_step(EN, replace(STEP, kpi="", until=None)) == "Every fifth win, for 500 points"


def test_a_tenant_may_name_its_unit():
    assert (points(EN, 1), points(EN, 2), points(NL, 1)) == ("1 point", "2 points", "1 punt")
    assert points(NL, 1240, "coins") == "1.240 coins"


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("Northwind renewal", "Northwind renewal"),
        ("evil.example/x", "evil. example/x"),
        ("https://evil.example/login", "https evil. example/login"),
        ("javascript:alert(1)", "javascript alert(1)"),
        ("go to 1.2.3.4/x", "go to 1. 2. 3. 4/x"),
        ("v2.5 for 1.200 seats", "v2.5 for 1.200 seats"),
        ("Q1: renewal", "Q1: renewal"),
        ("a\r\nBcc: b", "a Bcc: b"),
        ("tab\tand\x00nul\x1b[31m", "tab andnul[31m"),
        ("\u202egpj.exe\u202c", "gpj. exe"),
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("evil\u3002example", "evil. example"),
        ("  many   spaces  ", "many spaces"),
        ("line\u2028separator", "line separator"),
    ],
)
def test_names_from_the_crm_are_one_line_without_tricks_or_links(typed, read):
    assert plain(typed) == read


def test_a_name_of_two_thousand_signs_is_cut():
    assert len(plain("x" * 2000, limit=60)) == 60
    assert plain("x" * 2000, limit=60).endswith("...")


def test_every_text_of_ours_has_its_dutch_with_the_same_holes():
    root = Path(str(files(accolade)))
    catalogue = read_po((root / "texts/locales/nl/LC_MESSAGES/accolade.po").open("rb"), locale="nl")
    for message in catalogue:
        if message.id:
            forms = message.string if isinstance(message.string, tuple) else (message.string,)
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            assert all(forms), message.id
            assert {name for form in forms for name in HOLES.findall(form)} <= {
                name for id_ in ids for name in HOLES.findall(id_)
            }
    known = {message.id[0] if isinstance(message.id, tuple) else message.id for message in catalogue if message.id}
    used = _used(root)
    assert len(used) > 40
    assert not {text for text in used if text not in known}


def _used(root):
    """The first argument of every `t.t(...)`, `texts.t(...)`, `.n(...)` in code and templates."""
    code = extract_from_dir(root, method_map=[("**.py", "python")], keywords={"t": None, "n": (1, 2)})
    found = {message[0] if isinstance(message, tuple) else message for _, _, message, _, _ in code}
    for path in [*root.rglob("*.html"), *root.rglob("*.txt")]:
        template = Environment(autoescape=True).parse(path.read_text())
        for call in template.find_all(nodes.Call):
            if isinstance(call.node, nodes.Getattr) and call.node.attr in ("t", "n"):
                found.add(call.args[0].as_const())
    return found


def test_a_line_says_its_place_and_how_long_its_points_are_pending():
    def said(kind: str = "accrual", points: int = 500, **facts) -> str:
        title = {"en": "Top three of the quarter"}
        return why(EN, Line("e", points, kind, "top-three", "rank", title, facts), NOW)

    assert said(place=2) == "Top three of the quarter, 2nd place"
    assert said(place=2, period="2017Q1@UTC", reason="close") == "Top three of the quarter, 2nd place, Q1 2017"
    assert said(period="lifetime", reason="close") == "Top three of the quarter"
    assert said(vests="2026-04-30") == "Top three of the quarter, pending until 30 April"
    assert said(vests="") == "Top three of the quarter, pending until its condition is met"
    assert said("vest") == "Top three of the quarter, no longer pending"
    assert said("clawback", -500, vests="2026-04-30") == "Top three of the quarter"


@pytest.mark.parametrize(
    ("reason", "english", "dutch"),
    [
        (
            "late",
            "something changed after the period was closed, and it was judged again.",
            "er veranderde iets nadat de periode was gesloten, en de uitslag is opnieuw bepaald.",
        ),
        (
            "close",
            "the period is over, and its final result gives less.",
            "de periode is voorbij, en de einduitslag levert minder op.",
        ),
        ("vest", "their condition was not met in time.", "aan de voorwaarde is niet op tijd voldaan."),
        ("group", "the result of your group has changed.", "het resultaat van je groep is veranderd."),
    ],
)
def test_points_that_go_back_with_no_record_to_blame_say_why_too(reason, english, dutch):
    taken = replace(CLAWBACK, record=None, subject="", lines=(replace(CLAWBACK.lines[0], facts={"reason": reason}),))
    assert what_happened(EN, taken, subject="") == english
    assert what_happened(NL, taken, subject="") == dutch


def test_points_whose_gate_was_not_kept_in_time_say_so_with_the_name_of_the_deal():
    lapsed = replace(CLAWBACK, lines=(replace(CLAWBACK.lines[1], facts={"reason": "lapsed", "days": 10}),))
    assert what_happened(EN, lapsed, subject="N") == 'the condition for "N" was not met in time.'
    assert what_happened(NL, lapsed, subject="N") == 'aan de voorwaarde voor "N" is niet op tijd voldaan.'
    assert way_back(EN, lapsed) == ""


def test_rules_are_taken_apart_into_whole_sentences():
    rules = ["5 points for each won deal of 2.5 days. At most 1,000 points. If it is late, nothing is paid.", "It ends soon."]
    assert pieces(rules) == [
        "5 points for each won deal of 2.5 days.",
        "At most 1,000 points.",
        "If it is late, nothing is paid.",
        "It ends soon.",
    ]
