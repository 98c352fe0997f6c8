"""Refusals are phrases: English for programs and terminals, the reader's language on pages, and never glued together."""

import ast
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

import accolade
from accolade.model.errors import Refused, Rejected
from accolade.model.money import Money
from accolade.model.phrases import Phrase
from accolade.model.phrases import counted as n
from accolade.model.phrases import later as t
from accolade.texts import texts
from accolade.texts.refusals import sentences, told

EN, NL = texts("en"), texts("nl")
HOSTILE = '<b>%(x)s</b> % {y} "'


def test_a_refusal_is_english_as_text_and_dutch_on_a_dutch_page():
    error = Refused(t("a reason has 1 to %(most)s characters", most=1500), mend=t("Try again"))
    assert str(error) == "a reason has 1 to 1,500 characters. Try again"
    assert told(EN, error) == "A reason has 1 to 1,500 characters. Try again."
    assert told(NL, error) == "Een reden heeft 1 tot 1.500 tekens. Probeer het opnieuw."


@pytest.mark.parametrize(
    ("count", "english", "dutch"), [(0, "0 days", "0 dagen"), (1, "1 day", "1 dag"), (1500, "1,500 days", "1.500 dagen")]
)
def test_what_is_counted_follows_each_languages_plural(count, english, dutch):
    said = n("%(count)s day", "%(count)s days", count)
    assert (said, EN.t(said), NL.t(said)) == (english, english, dutch)


def test_dates_numbers_and_amounts_are_written_as_the_reader_does():
    values = {"on": date(2026, 3, 31), "share": Decimal("0.5"), "price": Money(123456, "EUR"), "sum": 1240}
    said = t("%(on)s, %(share)s, %(price)s, %(sum)s", **values)
    assert said.startswith("2026-03-31, 0.5, ")
    assert EN.t(said) == "31 March 2026, 0.5, €1,234.56, 1,240"
    assert NL.t(said) == "31 maart 2026, 0,5, €\xa01.234,56, 1.240"


def test_a_value_may_be_a_phrase_itself():
    error = Refused(t("it cannot be stopped now: it is %(state)s", state=t("ordered")))
    assert str(error) == "it cannot be stopped now: it is ordered"
    assert told(NL, error) == "Dit kan nu niet worden gestopt; de status is 'besteld'."


def test_what_somebody_typed_is_a_value_and_never_a_pattern():
    error = Rejected(t("%(name)r is no milestone to nominate for", name=HOSTILE))
    assert str(error) == f"{HOSTILE!r} is no milestone to nominate for"
    assert told(NL, error) == f"{HOSTILE!r} is geen doel om iemand voor voor te dragen."
    assert NL.t(t("id %(id)s", id="%(id)s")) == "id %(id)s"
    assert told(NL, Rejected(HOSTILE)) == f"{HOSTILE}."


def test_the_place_and_what_a_terminal_would_type_stay_off_the_pages():
    error = Rejected(t("there is no participant %(id)r", id="x"), where="--by", mend="accolade participant list shows them")
    assert str(error) == "--by: there is no participant 'x'. accolade participant list shows them"
    assert sentences(NL, error) == ["Er is geen deelnemer 'x'."]
    assert told(EN, Refused(t("no team is named"), mend="--teams West")) == "No team is named."


def test_a_question_keeps_its_mark_and_nothing_ends_twice():
    error = Rejected(t("column %(name)r is not known", name="nmae"), mend=t("Did you mean %(near)s?", near="name"))
    assert told(EN, error) == "Column 'nmae' is not known. Did you mean name?"
    assert told(NL, Rejected("a", mend=t("Use one of %(names)s.", names="a, b"))) == "A. Gebruik een van a, b."


def test_a_phrase_is_a_text_for_everything_else():
    said = t("there is no participant %(id)r", id="x")
    assert isinstance(said, str)
    assert type(said) is Phrase
    assert said == "there is no participant 'x'"
    assert f"{said}" == str(said)


RAISED = {"Rejected": 0, "Refused": 0, "Conflict": 0, "Missing": 0, "Forged": 0, "Retry": 0, "UnknownOutcome": 0}
LINES = {"CellError": 1, "Problem": 2}
"""Name of an error, or of a problem with a line of a file -> where `what` stands among its arguments."""

IN_PROGRAMS = {"Unreadable": 0, "Misfit": 0, "Problem": 3, "_refused": 2, "_wrong": 2}
METHODS = {"wrong": 1, "_wrong": 1, "add": 1}
"""The same in the room of programs: functions, and methods of drafts, readers and findings."""

NOUNS = ("mend", "noun", "of")
"""Words that are given by their name."""

NO_PAGE = {
    "cli/": "the command line",
    "config.py": "a stack that does not start",
    "queues.py": "the workers",
    "programs/preset_files.py": "the command line",
    "channels/__init__.py": "a stack that does not start",
    "channels/whatsapp/events.py": "vendors",
    "crm/salesforce/__init__.py": "CRMs",
    "crm/salesforce/envelope.py": "CRMs",
    "crm/hubspot/__init__.py": "CRMs",
    "crm/hubspot/api.py": "a sweep's log",
    "crm/hubspot/signature.py": "CRMs",
    "flows/goals.py": "the command line",
    "flows/measuring/": "the command line",
    "flows/simulation/run.py": "the command line",
    "flows/trace.py": "the command line",
    "flows/rfm.py": "the workers",
    "flows/process.py": "the workers",
    "flows/receive.py": "CRMs",
    "flows/receipts.py": "vendors",
    "flows/provider_events.py": "vendors",
    "flows/send.py": "the senders",
    "flows/sweep.py": "the workers",
    "flows/expire.py": "the workers",
    "flows/wallet_view.py": "a signed link, which says the same whatever is wrong",
    "providers/tremendous/__init__.py": "vendors' webhooks",
    "providers/stock/": "vendors' webhooks",
    "store/answers.py": "the API",
    "web/api/": "the API",
    "web/webhooks.py": "the API",
}
"""Rooms and files whose errors are no page's, by who reads them. Whatever is not here is a page's."""

ROOT = Path(str(files(accolade)))


def glued(path: Path) -> list[str]:
    """Where a file raises words that are no phrase."""
    tree = ast.parse(path.read_text())
    functions = [it for it in ast.walk(tree) if isinstance(it, ast.FunctionDef)]
    found = []
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and first_word(call, path) is not None:
            around = [it for it in functions if it.lineno <= call.lineno <= (it.end_lineno or 0)]
            scope = max(around, key=lambda it: it.lineno) if around else tree
            same_for_all = "web" in path.parts and ast.unparse(call.func) in ("Missing", "Forged")
            bad = [] if same_for_all else [it for given, mend in words(call, path) for it in plain(given, scope, mend=mend)]
            found += [f"{path.relative_to(ROOT)}:{it.lineno}" for it in bad]
    return found


def first_word(call: ast.Call, path: Path) -> int | None:
    """Where `what` stands among a call's arguments; None if the call says nothing."""
    programs = "programs" in path.parts
    if isinstance(call.func, ast.Name):
        return ({**RAISED, **LINES} | (IN_PROGRAMS if programs else {})).get(call.func.id)
    if not programs or not isinstance(call.func, ast.Attribute):
        return None
    if call.func.attr in ("known", "choice"):
        return len(call.args)  # nothing but words given by their name
    own = call.func.attr != "add" or ast.unparse(call.func.value).endswith("findings")
    return METHODS.get(call.func.attr) if own else None


def words(call: ast.Call, path: Path) -> Iterator[tuple[ast.expr, bool]]:
    """`what` and `mend` as they are given, and whether it is `mend`."""
    first = first_word(call, path) or 0
    several = not (isinstance(call.func, ast.Name) and call.func.id in RAISED)
    yield from ((it, place > 0) for place, it in enumerate(call.args[first : first + 2 if several else first + 1]))
    yield from ((it.value, True) for it in call.keywords if it.arg in NOUNS)


def plain(given: ast.expr, scope: ast.AST, *, mend: bool) -> list[ast.expr]:
    """What of it is a bare text: a constant, one with holes filled in on the spot, two put together, here or where named."""
    if isinstance(given, ast.IfExp):
        return [*plain(given.body, scope, mend=mend), *plain(given.orelse, scope, mend=mend)]
    if isinstance(given, ast.Name):
        named = (it for it in ast.walk(scope) if isinstance(it, ast.Assign))
        values = [it.value for it in named if any(isinstance(to, ast.Name) and to.id == given.id for to in it.targets)]
        return [bad for it in values if not isinstance(it, ast.Name) for bad in plain(it, scope, mend=mend)]
    text = "".join(it.value for it in ast.walk(given) if isinstance(it, ast.Constant) and isinstance(it.value, str))
    bare = isinstance(given, ast.JoinedStr | ast.BinOp) or (isinstance(given, ast.Constant) and bool(given.value))
    command = mend and ("accolade " in text or "--" in text)
    return [given] if bare and not command else []


def quiet(path: Path) -> str:
    """The reason why no page shows a file's errors; empty if pages do."""
    name = path.relative_to(ROOT).as_posix()
    return next((key for key in NO_PAGE if name == key or name.startswith(key)), "")


def test_whatever_a_page_can_show_is_a_phrase():
    assert [it for path in sorted(ROOT.rglob("*.py")) if not quiet(path) for it in glued(path)] == []


def test_no_file_is_excused_without_need():
    needed = {quiet(path) for path in ROOT.rglob("*.py") if quiet(path) and glued(path)}
    assert set(NO_PAGE) - needed == set()


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('raise Refused("no")', 1),
        ('raise Refused(f"no {x}")', 1),
        ('raise Refused(t("no"), mend="Wait")', 1),
        ('raise Refused(t("no"), mend="accolade budget set")', 0),
        ('raise Refused(t("no"), mend=f"--by {x}")', 0),
        ('raise Refused(t("no %(x)s", x=x), mend=t("Wait") if x else "Go")', 1),
        ('what = f"no {x}"; raise Conflict(what)', 1),
        ('raise CellError("id", t("no"), "Wait")', 1),
        ('raise CellError("id", t("no"), t("Wait"))', 0),
        ('raise Refused("no" + x)', 1),
    ],
)
def test_the_check_sees_words_that_are_glued(tmp_path, monkeypatch, line, wrong):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    (tmp_path / "some.py").write_text(f"def act(x):\n    {line}\n")
    assert len(glued(tmp_path / "some.py")) == wrong


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('draft.wrong("n", f"{x} is too little", t("Write more"))', 1),
        ('draft.wrong("n", t("%(x)s is too little", x=x), "Write more")', 1),
        ('draft.findings.add(("n",), "too little")', 1),
        ('raise Unreadable(f"{x} is no day")', 1),
        ('draft.choice("n", (1, 2), 1, noun="a way")', 1),
        ('draft.known((1,), of=f"a {x}", example=x)', 1),
        ('draft.wrong("n", t("too little"), t("Write more"))', 0),
        ('found.add("a word of a set")', 0),
    ],
)
def test_the_check_sees_words_that_are_glued_about_a_program(tmp_path, monkeypatch, line, wrong):
    monkeypatch.setitem(globals(), "ROOT", tmp_path)
    (tmp_path / "programs").mkdir()
    (tmp_path / "programs" / "some.py").write_text(f"def act(x, draft, found):\n    {line}\n")
    assert len(glued(tmp_path / "programs" / "some.py")) == wrong
