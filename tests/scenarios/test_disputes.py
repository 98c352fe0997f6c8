"""Something is wrong: said on a page with the explanation sent along, answered or corrected by staff, in the books once."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from tests.scenarios.at_once import PEOPLE, all_look_first, at_once
from tests.scenarios.earning import Firm

from accolade.channels.email.letter import letter
from accolade.channels.sms.wording import worded
from accolade.flows.disputes import Told
from accolade.flows.ledger_check import LedgerCheck
from accolade.model.deliveries import Delivery
from accolade.model.disputes import Dispute, DisputeState
from accolade.model.errors import AccoladeError, Conflict, Missing, Refused, Rejected
from accolade.model.ledger import EntryKind
from accolade.store.audit import Audit
from accolade.store.budgets import Budgets
from accolade.store.disputes import place_of
from accolade.texts import texts
from accolade.texts.news import headline
from accolade.texts.phrases import why

STAFF, OTHER = "maria@acme.example", "finn@acme.example"


@pytest.fixture
def firm(linked):
    made = Firm(linked)
    made.earn()
    return made


def said(firm: Firm, text: str = "This was won in 5 days.", line: int = 1) -> Dispute:
    """Asha says that something is wrong with a line."""
    browser = firm.signed_in()
    browser.get(f"me/disputes/line/{line}")
    browser.submit(text=text)
    assert "Sent. You get a message when it is answered." in browser.seen
    return firm.here.disputes.of_person("acme", firm.person().number)[0]


def told(firm: Firm, answer: str = "You are right.", *, points: int = 0, by: str = STAFF) -> Told:
    return Told(answer, by, firm.house.now + timedelta(minutes=5), points)


def message(firm: Firm) -> Delivery:
    """The newest message to Asha."""
    return next(firm.here.deliveries.of_person("acme", firm.person().number, 1))


def verified(firm: Firm) -> list[str]:
    db = firm.here.db
    return LedgerCheck(Audit(db), firm.people, Budgets(db)).verify("acme").problems


def test_what_is_said_about_a_line_carries_the_line_and_its_explanation(firm):
    it = said(firm)
    assert (it.state, it.line, it.text) == (DisputeState.OPEN, 1, "This was won in 5 days.")
    assert it.about == "Closed in 6 days: Northwind renewal 1, +50"
    assert it.entry.startswith("race/fast-win/P000001/")
    (award, *_) = json.loads(it.trace)["awards"]
    assert (award["milestone"], award["verdict"], award["points"]) == ("fast-win", "paid", 50)
    assert firm.here.disputes.in_state("acme", DisputeState.OPEN, limit=10) == [it]


def test_a_goal_that_was_not_reached_can_be_asked_about_too(firm):
    firm.house.deal(9, "Closed Won", name="Slow one", after=90, days=30)
    browser = firm.signed_in()
    browser.get("me/explain?record=sf:deal:0065e0000000009AAA&milestone=fast-win")
    assert "me/disputes/new?milestone=fast-win&amp;record=sf%3Adeal%3A0065e0000000009AAA" in browser.text
    browser.get("me/disputes/new?milestone=fast-win&record=sf%3Adeal%3A0065e0000000009AAA")
    browser.submit(text="It was faster.")
    (it,) = firm.here.disputes.of_person("acme", "P000001")
    assert json.loads(it.trace)["awards"][0]["verdict"] == "not_met"


def test_an_answer_without_points_is_read_on_the_page_and_told_by_a_message(firm):
    it = said(firm)
    firm.here.disputes.answer(firm.tenant, it.id, told(firm, "It closed on 3 May, so it took 6 days."))
    browser = firm.signed_in()
    browser.get("me/disputes")
    assert "Answered" in browser.seen
    assert "It closed on 3 May, so it took 6 days." in browser.seen
    news = message(firm).announcement
    assert news is not None
    assert "is answered." in headline(texts("en"), news)
    assert "3 May" not in " ".join(news.sentences)
    assert firm.points() == 600
    browser.get("me/wallet")
    assert "Your question of" in browser.seen


@pytest.mark.parametrize(("points", "after", "shown"), [(250, 850, "+250"), (-600, 0, "\u2212600")])
def test_a_correction_is_one_entry_with_its_message_and_the_books_stay_sound(firm, points, after, shown):
    it = firm.here.disputes.settle(firm.tenant, said(firm).id, told(firm, points=points))
    assert (it.state, it.decided_by) == (DisputeState.SETTLED, STAFF)
    assert firm.points() == after
    entry = Audit(firm.here.db).entries("acme", "P000001")[-1]
    assert (entry.kind, entry.cause.program, entry.cause.scope) == (EntryKind.ADJUSTMENT, "~adjustment", it.id)
    assert entry.actor == f"person:{STAFF}"
    assert entry.reason_hash
    assert "right" not in entry.reason_hash
    assert verified(firm) == []
    delivery = message(firm)
    assert (delivery.total, delivery.balance, delivery.lines[0].entry) == (points, after, entry.id)
    assert why(texts("nl"), delivery.lines[0], delivery.created_at) == "correctie na je vraag"
    browser = firm.signed_in()
    browser.get("me/wallet")
    assert f"Correction after your question {shown}" in browser.seen
    assert "Your question and its answer" in browser.seen
    browser.get("me/disputes")
    assert f"You are right. {shown} points" in browser.seen
    acts = firm.here.actions.list("acme")
    assert [(act.what, act.by, act.after["points"]) for act in acts] == [("dispute.settled", STAFF, points)]


def test_points_that_are_given_repay_a_debt_first(firm):
    browser = firm.signed_in()
    browser.get("me/shop/bol")
    browser.submit()
    firm.house.deal(1, "Negotiation", name="Northwind renewal 1", after=60)
    wallet = firm.parts.redemptions.wallet("acme", "P000001")
    assert (wallet.available, wallet.debt) == (0, 300)
    firm.here.disputes.settle(firm.tenant, said(firm).id, told(firm, points=400))
    wallet = firm.parts.redemptions.wallet("acme", "P000001")
    assert (wallet.available, wallet.debt) == (100, 0)
    assert verified(firm) == []


def test_a_correction_never_takes_more_than_there_is(firm):
    it = said(firm)
    with pytest.raises(Refused, match="fewer points"):
        firm.here.disputes.settle(firm.tenant, it.id, told(firm, points=-601))
    assert firm.points() == 600
    assert firm.here.disputes.get("acme", it.id).state is DisputeState.OPEN


def test_above_the_limit_it_takes_two_people(firm):
    tenant = replace(firm.tenant, adjust_alone_up_to=100)
    it = said(firm)
    proposed = firm.here.disputes.settle(tenant, it.id, told(firm, points=101))
    assert (proposed.state, firm.points()) == (DisputeState.PROPOSED, 600)
    for name in (STAFF, STAFF.upper()):
        with pytest.raises(Refused, match="two people"):
            firm.here.disputes.confirm(tenant, it.id, by=name, now=firm.house.now)
    browser = firm.signed_in()
    browser.get("me/disputes")
    assert "Waits for an answer" in browser.seen
    assert "You are right." not in browser.seen
    firm.here.disputes.confirm(tenant, it.id, by=OTHER, now=firm.house.now + timedelta(minutes=9))
    assert firm.points() == 701
    assert [act.what for act in firm.here.actions.list("acme")] == ["dispute.settled", "dispute.proposed"]


def test_whoever_proposed_more_cannot_get_round_the_second_person(firm):
    tenant = replace(firm.tenant, adjust_alone_up_to=100)
    it = said(firm)
    firm.here.disputes.settle(tenant, it.id, told(firm, points=5_000))
    firm.here.disputes.settle(tenant, it.id, told(firm, points=6_000, by=OTHER))
    with pytest.raises(Refused, match="two people"):
        firm.here.disputes.confirm(tenant, it.id, by=OTHER, now=firm.house.now)
    back = firm.here.disputes.send_back(tenant, it.id, by=STAFF, reason="too much", now=firm.house.now)
    assert (back.state, back.points, back.answer) == (DisputeState.OPEN, 0, "")
    with pytest.raises(Refused):
        firm.here.disputes.confirm(tenant, it.id, by=STAFF, now=firm.house.now)
    assert firm.points() == 600


def test_nobody_answers_their_own_question(firm):
    it = said(firm)
    for name in ("asha", "P000001", "Asha Patel", "ASHA@acme.example"):
        with pytest.raises(Refused, match="their own"):
            firm.here.disputes.settle(firm.tenant, it.id, told(firm, points=1, by=name))
        with pytest.raises(Refused, match="their own"):
            firm.here.disputes.answer(firm.tenant, it.id, told(firm, by=name))


def test_a_question_is_answered_once(firm):
    it = said(firm)
    firm.here.disputes.settle(firm.tenant, it.id, told(firm, points=10))
    for act in (firm.here.disputes.settle, firm.here.disputes.answer):
        with pytest.raises(Refused, match="before"):
            act(firm.tenant, it.id, told(firm, points=10, by=OTHER))
    assert firm.points() == 610


def test_eight_people_who_settle_at_once_correct_it_once(firm, monkeypatch):
    it, store = said(firm), firm.here.disputes.store
    monkeypatch.setattr(store, "wallet", all_look_first(store.wallet))

    def settle(number: int) -> str:
        try:
            return firm.here.disputes.settle(firm.tenant, it.id, told(firm, points=10, by=f"s{number}@acme.example")).state
        except AccoladeError as error:
            return type(error).__name__

    assert at_once(settle, list(range(PEOPLE))) == ["Conflict"] * 7 + ["settled"]
    assert firm.points() == 610
    assert verified(firm) == []


def test_a_wallet_that_moves_meanwhile_is_looked_at_again(firm, monkeypatch):
    it, store = said(firm), firm.here.disputes.store
    read, moves = store.wallet, iter([True])

    def moving(tenant: str, number: str):
        wallet = read(tenant, number)
        if next(moves, False):
            firm.house.deal(7, "Closed Won", name="Meanwhile", after=300)
        return wallet

    monkeypatch.setattr(store, "wallet", moving)
    firm.here.disputes.settle(firm.tenant, it.id, told(firm, points=-600))
    assert firm.points() == 50
    assert verified(firm) == []


def test_the_same_form_sent_twice_is_one_question(firm):
    browser = firm.signed_in()
    browser.get("me/disputes/line/1")
    form = browser.url
    page = browser.text
    for _ in range(3):
        browser.url, browser.text = form, page
        browser.submit(text="Wrong")
    assert len(firm.here.disputes.of_person("acme", "P000001")) == 1


def test_a_form_without_a_text_or_with_too_long_a_one_keeps_what_was_typed(firm):
    browser = firm.signed_in()
    browser.get("me/disputes/line/1")
    browser.submit(text="  ")
    assert browser.status == 422
    assert "Fill this in." in browser.seen
    browser.submit(text="x" * 2_001)
    assert browser.status == 422
    assert "x" * 2_001 in browser.text
    assert firm.here.disputes.of_person("acme", "P000001") == []


def test_ten_open_questions_are_enough(firm):
    for number in range(10):
        said(firm, f"Question {number}")
    browser = firm.signed_in()
    browser.get("me/disputes/line/1")
    browser.submit(text="One more")
    assert browser.status == 422
    assert "10 of your questions wait for an answer. Wait for an answer, then ask again." in browser.seen
    assert "One more" in browser.text


def test_nobody_asks_about_a_line_or_reads_a_question_of_somebody_else(firm):
    said(firm)
    browser = firm.signed_in("bob")
    for path in (
        "me/disputes/line/1",
        "me/disputes/line/x",
        "me/disputes/new?milestone=fast-win&record=sf:deal:0065e0000000001AAA",
    ):
        browser.get(path)
        assert browser.status == 404
    browser.get("me/disputes")
    assert "Nothing asked yet." in browser.seen


def test_bad_answers_are_refused(firm):
    it = said(firm)
    for points in (0, 10_000_001, -10_000_001):
        with pytest.raises(Rejected):
            firm.here.disputes.settle(firm.tenant, it.id, told(firm, points=points))
    for answer in ("", " ", "x" * 2_001):
        with pytest.raises(Rejected):
            firm.here.disputes.answer(firm.tenant, it.id, told(firm, answer))
    with pytest.raises(Rejected):
        firm.here.disputes.answer(firm.tenant, it.id, told(firm, by=""))
    with pytest.raises(Missing):
        firm.here.disputes.answer(firm.tenant, "p000001dabcdefghijklmnop", told(firm))
    with pytest.raises(Missing):
        firm.here.disputes.get("other", it.id)


def test_the_list_of_staff_is_read_page_by_page(firm):
    for number in range(5):
        said(firm, f"Question {number}")
    ids = [it.id for it in firm.here.disputes.of_person("acme", "P000001")]

    def pages() -> Iterator[str]:
        after = ""
        while found := firm.here.disputes.in_state("acme", DisputeState.OPEN, limit=2, after=after):
            yield from (it.id for it in found)
            after = place_of(found[-1])

    assert sorted(pages()) == sorted(ids)
    assert [it.id for it in firm.here.disputes.store.newest("acme", DisputeState.OPEN, limit=9)] == list(reversed(list(pages())))


@pytest.mark.parametrize("points", [0, 250, -250])
def test_every_channel_has_words_for_it(firm, points):
    it, staff = said(firm), firm.here.disputes
    (staff.settle if points else staff.answer)(firm.tenant, it.id, told(firm, points=points))
    for language, corrected, answered in (
        ("en", "correction after your question", "is answered"),
        ("nl", "correctie na je vraag", "is beantwoord"),
    ):
        words = {"tenant": firm.tenant, "link": "https://acme.example/w/x", "texts": texts(language)}
        mail, sms = letter(message(firm), unsubscribe_link="https://acme.example/u/x", **words), worded(message(firm), **words)
        for text in (mail["text"], mail["html"], sms):
            assert (corrected if points else answered) in text.lower()
            assert "You are right" not in text


def test_a_stale_writer_loses(firm):
    it = said(firm)
    firm.here.disputes.answer(firm.tenant, it.id, told(firm))
    with pytest.raises(Conflict):
        firm.here.disputes.store.put(replace(it, text="rewritten"))
