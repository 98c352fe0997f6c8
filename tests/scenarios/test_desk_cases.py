"""The console's cases, questions of people, and approvals: decided once, by somebody else than whom they are about."""

from dataclasses import replace

import pytest
from tests.leaks import stands
from tests.scenarios.desk import Desk, send

from accolade.flows.disputes import About
from accolade.model.disputes import DisputeState


@pytest.fixture
def desk(linked):
    return Desk(linked)


def parked(desk, id_="case1", tenant="acme"):
    content = [{"id": "04l1", "type": "Opportunity", "fields": {"Name": "</pre><script>alert(1)</script>"}}]
    desk.here.parked.park(
        tenant, id_=id_, connection="sf", crm="salesforce", reason="'1.000,00' is not an amount", where="deal 1 Amount",
        mend="Correct it in Salesforce", content=content, now=desk.house.now,
    )  # fmt: skip


def asked(desk, who="asha", key="k"):
    about = About(line=1, words="+50 closed in 6 days", trace='{"verdict": "held"}')
    return desk.here.disputes.open(desk.person(who), "I sold <b>more</b>", about, key=key, now=desk.house.now)


def test_a_case_says_what_is_wrong_and_is_decided_again_or_dismissed(desk):
    parked(desk)
    parked(desk, "case2")
    browser = desk.staff("support")
    browser.get("admin/cases")
    assert "is not an amount" in browser.seen
    assert "Correct it in Salesforce" in browser.seen
    assert "<script>alert" not in browser.get("admin/cases/case1")
    send(browser, "admin/cases/case1", "admin/cases/case1", act="retry", reason="")
    assert browser.status == 422
    send(browser, "admin/cases/case1", "admin/cases/case1", act="retry", reason="Corrected")
    (message,) = desk.stack.messages("inbox")
    assert message["items"][0]["id"] == "04l1"
    send(browser, "admin/cases/case2", "admin/cases/case2", act="dismiss", reason="A test deal")
    browser.get("admin/cases")
    assert "Nothing waits" in browser.seen
    browser.get("admin/cases?all=1")
    assert "Decided again" in browser.seen
    assert "Dismissed" in browser.seen
    assert {"case.retried", "case.dismissed"} <= desk.did()
    browser.get("admin/cases/nothing")
    assert browser.status == 404


def test_cases_and_questions_of_another_company_are_not_there(desk):
    parked(desk, tenant="acme")
    question = asked(desk)
    theirs = desk.staff(tenant="other", name="oscar@other.example")
    for path in ("admin/cases/case1", f"admin/disputes/{question.id}"):
        theirs.get(path)
        assert theirs.status == 404
        send(theirs, "admin/messages/pause", path, act="dismiss", reason="x", answer="x")
        assert theirs.status == 404
    assert "is not an amount" not in theirs.get("admin/cases")
    assert not stands("sold", theirs.get("admin/disputes"))
    assert desk.here.disputes.get("acme", question.id).state is DisputeState.OPEN


def test_a_question_comes_with_its_explanation_and_is_answered(desk):
    desk.house.deal(1, "Closed Won")
    question = asked(desk)
    browser = desk.staff("support")
    browser.get("admin/disputes")
    assert "I sold <b>more</b>" in browser.seen
    browser.get(f"admin/disputes/{question.id}")
    assert "closed in 6 days" in browser.seen.lower()
    assert '"verdict": "held"' in browser.seen
    page = f"admin/disputes/{question.id}"
    send(browser, page, page, act="answer", answer="")
    assert browser.status == 422
    send(browser, page, page, act="answer", answer="It was one deal.")
    assert desk.here.disputes.get("acme", question.id).state is DisputeState.ANSWERED
    send(browser, "admin/disputes?state=answered", page, act="answer", answer="Again")
    assert browser.status in (404, 422)
    assert "dispute.answered" in desk.did()


def test_a_correction_above_the_limit_takes_two_people(desk):
    question = asked(desk)
    page = f"admin/disputes/{question.id}"
    dana, eve = desk.staff(), desk.staff(name="eve@acme.example")
    send(dana, page, page, act="settle", way="give", points="many", answer="Yes")
    assert dana.status == 422
    assert 'value="many"' in dana.text
    send(dana, page, page, act="settle", way="give", points="5,000", answer="You are right")
    assert desk.here.views.wallet("acme", desk.person("asha").number).available == 0
    dana.get(page)
    assert "another admin, or somebody of support, has to agree" in dana.seen
    send(dana, page, page, act="confirm")
    assert dana.status == 422
    send(eve, page, page, act="confirm")
    assert desk.here.views.wallet("acme", desk.person("asha").number).available == 5000
    other = asked(desk, key="two")
    page = f"admin/disputes/{other.id}"
    send(dana, page, page, act="settle", way="take", points="100", answer="Too many before")
    assert desk.here.views.wallet("acme", desk.person("asha").number).available == 4900
    assert "dispute.settled" in desk.did()


def test_an_award_is_explained_and_approved_once_by_somebody_else(desk):
    desk.house.deal(1, "Closed Won", Amount="9000.0", days=60)
    asha = desk.person("asha").number
    browser = desk.staff("finance")
    listed = browser.get("admin/approvals")
    page = "admin/approvals/" + listed.split('href="approvals/')[1].split('"')[0]
    browser.get(page)
    assert "5,000 points" in browser.seen
    assert "amount is above $5,000.00" in browser.seen
    send(browser, page, page, act="approve", reason="")
    assert browser.status == 422
    desk.house.people.update(replace(desk.person("asha"), email="ash@acme.example"))
    own = desk.staff("finance", name="ash@acme.example")
    send(own, page, page, act="approve", reason="Mine")
    assert own.status == 422
    assert "Nobody decides about their own award" in own.seen
    send(browser, page, page, act="approve", reason="Checked the contract")
    assert desk.here.views.wallet("acme", asha).available == 5000
    assert "Checked the contract" in browser.seen
    assert "Award approved Asha Patel, big-deal Checked the contract" in browser.seen
    send(browser, "admin/approvals", page, act="approve", reason="Again")
    assert browser.status == 409
    assert "You approved it on" in browser.seen
    assert desk.here.views.wallet("acme", asha).available == 5000
    assert "award.approved" in desk.did()


def test_support_does_not_approve_and_another_company_sees_nothing(desk):
    desk.house.deal(1, "Closed Won", Amount="9000.0")
    listed = desk.staff().get("admin/approvals")
    page = "admin/approvals/" + listed.split('href="approvals/')[1].split('"')[0]
    theirs = desk.staff(tenant="other", name="oscar@other.example")
    assert not stands("Asha", theirs.get("admin/approvals"))
    theirs.get(page)
    assert theirs.status == 404
    support = desk.staff("support")
    support.get("admin/approvals")
    assert support.status == 404


def test_a_nomination_is_approved_or_refused_with_a_reason(desk):
    flow = desk.here.nominations("acme")
    first = flow.nominate(desk.person("bob"), "race/helpful", by="maria", reason="Helped <i>me</i>", now=desk.house.now)
    second = flow.nominate(desk.person("asha"), "race/helpful", by="maria", reason="Helped too", now=desk.house.now)
    browser = desk.staff()
    browser.wait(seconds=5)
    assert "Helped &lt;i&gt;me" in browser.get("admin/approvals")
    send(browser, "admin/approvals", "admin/approvals", nomination=first.id, act="approve", reason="True")
    send(browser, "admin/approvals", "admin/approvals", nomination=second.id, act="refuse", reason="Not this time")
    assert desk.here.views.wallet("acme", desk.person("bob").number).available == 250
    assert desk.here.views.wallet("acme", desk.person("asha").number).available == 0
    assert {"nomination.approved", "nomination.declined"} <= desk.did()
    maria = desk.staff(name="maria@acme.example")
    maria.wait(seconds=9)
    third = flow.nominate(desk.person("bob"), "race/helpful", by="maria", reason="And again", now=desk.house.now)
    send(maria, "admin/approvals", "admin/approvals", nomination=third.id, act="approve", reason="Mine")
    assert maria.status == 422
    assert "does not approve" in maria.seen
