"""Texts that are kept for later are phrases: what a page shows tomorrow is said in its reader's language, whoever wrote it."""

import ast
from collections import Counter
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from tests.unit.test_refusals import RAISED, ROOT, plain

from accolade.flows.simulation.results import Results
from accolade.model.errors import Missing, Rejected
from accolade.model.kept_phrases import MOST, parts, phrases
from accolade.model.money import Money
from accolade.model.phrases import Phrase, said_by, shortened
from accolade.model.phrases import counted as n
from accolade.model.phrases import later as t
from accolade.texts import texts
from accolade.texts.refusals import kept
from accolade.worth import foreign

NL = texts("nl")
NOW = datetime(2026, 3, 31, 9, tzinfo=UTC)

ALL = (
    t("a reason has 1 to %(most)s characters", most=1500),
    n("%(count)s day", "%(count)s days", 1500),
    t("it cannot be stopped now: it is %(state)s", state=t("ordered")),
    t("%(name)r is no milestone to nominate for", name='<b>%(x)s</b> % {y} "'),
    t("%(on)s, %(share)s", on=NOW, share=Decimal("1234.50")),
    t("retires on %(day)s", day=date(2026, 3, 31)),
    t("%(on)s and %(price)s", on=NOW, price=Money(123456, "EUR")),
)


@pytest.mark.parametrize("said", ALL, ids=str)
def test_a_phrase_comes_back_as_it_was_with_its_english_its_dutch_and_its_values(said):
    back = phrases(parts([said]))[str(said)]
    assert type(back) is Phrase
    assert (str(back), NL.t(back), back.values) == (str(said), NL.t(said), said.values)


def test_only_what_its_english_does_not_name_is_kept_and_that_once():
    many = [t("outside the sending hours"), "550 no such mailbox", *ALL[:2], *ALL[:2]]
    assert parts(many) == [
        ["a reason has 1 to %(most)s characters", {"most": 1500}],
        ["%(count)s day", {"count": 1500}, "%(count)s days", 1500],
    ]
    assert kept(NL, str(many[0])) == "buiten de verzendtijden"
    assert kept(NL, "") == ""


def test_nothing_is_kept_that_the_english_does_not_show():
    said = t("there is no participant %(id)r", id="x", secret="hush", phone="+31612345678")
    assert parts([said]) == [["there is no participant %(id)r", {"id": "x"}]]
    cut = shortened(t("there is no participant %(id)r", id="asha" * 50), 20)
    assert (cut, parts([cut])) == ("there is no particip", [])


def test_parts_are_bounded_and_what_comes_first_goes_first():
    large = [t("there is no participant %(id)r", id=f"{number}{'x' * 500}") for number in range(10)]
    some = parts(large)
    assert [row[1]["id"][0] for row in some] == ["0", "1", "2"]
    assert len(str(some)) < MOST + 100
    assert parts([t("there is no participant %(id)r", id="x" * MOST)]) == []


@pytest.mark.parametrize(
    "row",
    [
        [],
        None,
        7,
        ["%(x)s", {}],
        ["%(x)s", {"y": 1}],
        ["%(x)d", {"x": "a"}],
        ["%(x)s", {"x": {"money": [1]}}],
        ["%(x)s", {"x": {"?": 1}}],
    ],
    ids=str,
)
def test_parts_that_do_not_fit_together_change_nothing(row):
    assert "no" not in phrases([row])


def test_an_error_is_kept_word_for_word_as_a_phrase():
    error = Missing(t("there is no participant %(id)r", id="x"), where="--by", mend="accolade participant list shows them")
    assert error.said == str(error) == "--by: there is no participant 'x'. accolade participant list shows them"
    assert NL.t(error.said) == "--by: er is geen deelnemer 'x'. accolade participant list shows them"
    for error in (Rejected("a."), Rejected("a.", mend="b."), Rejected(t("try again"), where="w"), Rejected("a", mend="b?")):
        assert error.said.rstrip(".") == str(error).rstrip(".")


def test_what_an_exception_was_made_of_stays_a_phrase():
    assert NL.t(said_by(ValueError(t("a whole number is expected")))) == "verwacht wordt een geheel getal"
    assert said_by(ValueError(7)) == "7"
    assert said_by(UnicodeDecodeError("utf-8", b"\xff", 0, 1, "odd")).startswith("'utf-8' codec")


# No text is kept that is no phrase: what follows looks at every call that keeps one.

NAMED = {"reason", "mend", "why", "note", "what", "problem", "wrong"}
"""Words by whose name a text is given to be kept; a text is what has a space in it, the others are codes."""

PLACED = {
    "Difference": (1, 2, 3),
    "moved": (3,),
    "_moved": (3,),
    "_move": (3,),
    "_later": (3,),
    "_park": (2,),
    "_in_doubt": (2,),
    "look_now": (3,),
    "Routed": (2,),
    "_change": (3,),
    "Left": (0,),
    "_bad": (2, 3),
    "Wrong": (0,),
    "_unreadable": (0,),
}
"""Function or class -> where such texts stand among its arguments. `Problem`: of a row, or of a decision (`PROBLEM`)."""

PROBLEM = {6: (3, 4), 5: (3, 4), 3: (2,)}
"""How many arguments a problem has -> which of them are texts."""

ELSEWHERE = {"Told", "Heard", "_told", "log", "CellError", *RAISED}
"""What goes to the log and is kept nowhere; errors, which `test_refusals` looks at."""

ROOMS = ("catalog", "channels", "crm", "flows", "providers", "store")

RAISING = ("kpis/port.py", "model/money.py", "flows/history/cells.py", "crm/salesforce/values.py", "crm/hubspot/split.py")
"""Files whose plain ValueErrors are kept, or shown, by what they say."""

NOT_KEPT = {
    "store/deliveries.py": "the way of every message: a channel's name and a number, or the vendor's own name for it",
    "flows/receipts.py": "a vendor's own words",
    "flows/routing.py": "codes of channels and of reasons, which a page says in words",
    "flows/ways.py": "the same",
    "flows/measuring/__init__.py": "the command line",
}
"""Files with texts that are no phrase on purpose, and what those are."""


def bare(path: Path) -> list[str]:
    """Where a file gives a text to be kept that is no phrase."""
    tree = ast.parse(path.read_text())
    functions = [it for it in ast.walk(tree) if isinstance(it, ast.FunctionDef)]
    found = []
    for call in (it for it in ast.walk(tree) if isinstance(it, ast.Call)):
        around = [it for it in functions if it.lineno <= call.lineno <= (it.end_lineno or 0)]
        scope = max(around, key=lambda it: it.lineno) if around else tree
        bad = [wrong for given, mend in given_to(call, path) for wrong in plain(given, scope, mend=mend)]
        found += [f"{path.relative_to(ROOT).as_posix()}:{it.lineno}" for it in bad if " " in literal(it)]
    return found


def given_to(call: ast.Call, path: Path) -> list[tuple[ast.expr, bool]]:
    """The texts that a call is given to keep, and whether one says what to do."""
    name = call.func.id if isinstance(call.func, ast.Name) else call.func.attr if isinstance(call.func, ast.Attribute) else ""
    if name in ELSEWHERE:
        return []
    places = PROBLEM.get(len(call.args), ()) if name == "Problem" else PLACED.get(name, ())
    if name == "ValueError" and path.relative_to(ROOT).as_posix() in RAISING:
        places = (0,)
    named = [(it.value, it.arg == "mend") for it in call.keywords if it.arg in NAMED]
    return [*named, *((call.args[place], False) for place in places if place < len(call.args))]


def literal(given: ast.expr) -> str:
    return "".join(it.value for it in ast.walk(given) if isinstance(it, ast.Constant) and isinstance(it.value, str))


def looked_at() -> list[Path]:
    rooms = [path for room in ROOMS for path in (ROOT / room).rglob("*.py")]
    return sorted({*rooms, ROOT / "worth.py", ROOT / "web" / "connecting.py", *(ROOT / name for name in RAISING)})


def test_whatever_is_kept_and_shown_later_is_a_phrase():
    excused = [ROOT / name for name in NOT_KEPT]
    assert [it for path in looked_at() if path not in excused for it in bare(path)] == []


def test_no_text_is_excused_without_need():
    assert {name for name in NOT_KEPT if not bare(ROOT / name)} == set()


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('park(x, reason="it is odd")', 1),
        ('park(x, reason=f"{x} is odd")', 1),
        ('park(x, reason=t("%(x)s is odd", x=x), mend="Mend it")', 1),
        ('park(x, reason=t("it is odd"), mend=t("Mend it"))', 0),
        ('what = f"{x} is odd"; park(x, reason=what)', 1),
        ('actions.record(x, what="case.retried", on=x)', 0),
        ('moved(x, x, x, "asked for it")', 1),
        ('moved(x, x, x, t("asked for"))', 0),
        ('self.store.settle_parked(x, note="no way " + x)', 1),
        ('Told("sent", note="it went out")', 0),
        ('Left(f"{x}: no quota", 1)', 1),
        ('Problem(x, 1, "", "no date", t("Write one"))', 1),
        ('Problem("race", "wins", f"in {x} only")', 1),
        ('Routed(None, x, "no consent")', 1),
    ],
)
def test_the_check_sees_a_text_that_is_kept_bare(tmp_path, monkeypatch, line, wrong):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    (tmp_path / "some.py").write_text(f"def act(self, x, t):\n    {line}\n")
    assert len(bare(tmp_path / "some.py")) == wrong


def test_what_no_rule_could_decide_comes_out_of_a_back_test_as_a_phrase(tmp_path):
    why = foreign("EUR")
    for name in ("one", "two"):
        results = Results(tmp_path / name).create()
        results.finish(Counter({("wins", why): 2}))
        results.close()
    results = Results(tmp_path / "one")
    results.take_in(tmp_path / "two")
    ((_, said), count) = results.problems().popitem()
    assert (NL.t(said), count) == (NL.t(why), 4)
    assert NL.t(said).startswith("het bedrag is in EUR")
    results.close()
