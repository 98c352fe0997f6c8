"""The console's people: found, imported after a look, asked for consent, merged, leaving, erased."""

import csv
from dataclasses import replace
from io import StringIO

import pytest
from tests.leaks import stands
from tests.scenarios.desk import Desk, send

from accolade.flows.disputes import About
from accolade.model.participants import Channel
from accolade.store.erasing import GONE
from accolade.web.desk.people import READ

LINES = "id,name,team,consents\nasha,Asha Patel,North,\ndara,Dara Q,West,sms:2026-01-02\nbad id,Nobody,,\n"


@pytest.fixture
def desk(linked):
    return Desk(linked)


def test_people_are_found_by_name_team_and_channel_and_page_by_page(desk, monkeypatch):
    browser = desk.staff()
    assert "Asha Patel" in browser.get("admin/people")
    assert "Bob &lt;b&gt;Robb&lt;/b&gt;" in browser.text
    browser.get("admin/people?q=chen")
    assert "Chen Wei" in browser.seen
    assert "Asha" not in browser.seen
    browser.get("admin/people?team=west&channel=sms")
    assert "Asha Patel" in browser.seen
    assert "Maria" not in browser.seen
    monkeypatch.setattr("accolade.web.desk.people.SHOWN", 2)
    browser.get("admin/people")
    assert "Chen" not in browser.seen
    browser.get("admin/people?after=P000002")
    assert "Chen Wei" in browser.seen
    assert READ > 2
    browser.get("admin/people?after=~~")
    assert browser.status == 200


def test_nobody_sees_people_of_another_company(desk):
    olga = desk.person("olga", "other")
    browser = desk.staff()
    assert not stands("Olga", browser.get("admin/people?active=all"))
    theirs = desk.staff(tenant="other", name="oscar@other.example")
    assert "Olga" in theirs.get("admin/people")
    assert not stands("Asha", theirs.text)
    asha = desk.person("chen").number  # the other company has no participant of this number
    assert asha != olga.number
    theirs.get(f"admin/people/{asha}")
    assert theirs.status == 404


def test_an_import_is_seen_line_by_line_before_anything_is_stored(desk):
    browser = desk.staff()
    send(browser, "admin/people/import", "admin/people/import", text=LINES)
    assert "Added 1 Changed 1" in browser.seen
    assert "Refused 1" in browser.seen
    assert "is not an id" in browser.seen
    assert desk.person("asha").team == "West"
    browser.submit(text=LINES)
    assert desk.person("asha").team == "West", "a wrong line stops all of it"
    browser.submit(text=LINES, partial="1")
    assert browser.place.startswith("admin/people?done=imported")
    assert desk.person("asha").team == "North"
    assert desk.person("dara").consents[0].channel is Channel.SMS
    assert "people.imported" in desk.did()


def test_the_preview_names_all_that_is_wrong_and_counts_lines(desk):
    browser = desk.staff()
    send(browser, "admin/people/import", "admin/people/import", text="id,name,email,zone\nno id,,x@,Mars\nnew,New One,,\n")
    assert "Added 1 Changed 0 As it is 0 Refused 1" in browser.seen
    for words in ("is not an id", "The name is empty", "not an e-mail address", "'Mars' is not a time zone"):
        assert words.lower() in browser.seen.lower()


def test_the_preview_says_what_changes_as_a_person_would(desk):
    asha = desk.person("asha")
    head = "id,name,email,phone,team,locale,zone,manager,salesforce_user_id,channels,consents\n"
    line = f"asha,Asha Patel,asha@new.example,{asha.phone},North,nl,UTC,maria,0055e000000NewUser,email sms,sms:2026-01-05\n"
    browser = desk.staff()
    send(browser, "admin/people/import", "admin/people/import", text=head + line)
    for words in ("E-mail address: asha@new.example (now asha@acme.example)", "Team: North (now West)", "User in Salesforce"):
        assert words in browser.seen
    assert "Language: Nederlands (now English)" in browser.seen
    for raw in ("identities", "chosen_at", "locale:", "consents:"):
        assert raw not in browser.seen.partition("Change the lines")[0], raw
    browser.get("admin/people/import?lang=nl")
    send(browser, "admin/people/import", "admin/people/import", text=head + line)
    assert "Gebruiker in Salesforce" in browser.seen
    assert "Team: North (nu West)" in browser.seen


def test_what_somebody_chose_themselves_is_no_change_for_an_import_leaves_it_alone(desk):
    asha = desk.person("asha")
    desk.here.people.update(replace(asha, locale="nl", channels=(Channel.EMAIL,), chosen_at=desk.house.now))
    lines = "id,name,email,phone,team,manager,salesforce_user_id,channels,consents\n"
    lines += f"asha,Asha Patel,{asha.email},{asha.phone},West,maria,{asha.identities['salesforce']},email sms,sms:2026-01-05\n"
    browser = desk.staff()
    send(browser, "admin/people/import", "admin/people/import", text=lines)
    assert "Added 0 Changed 0 As it is 1" in browser.seen
    browser.submit(text=lines)
    assert desk.person("asha").locale == "nl"
    assert desk.person("asha").channels == (Channel.EMAIL,)


def test_other_lines_than_those_that_were_seen_are_looked_at_first(desk):
    browser = desk.staff()
    send(browser, "admin/people/import", "admin/people/import", text="id,name\nnew,New One\n")
    browser.submit(text="id,name\nnew,Other One\n")
    assert "Added 1" in browser.seen
    assert not [it for it in desk.house.people.list("acme") if it.id == "new"]


def test_a_file_that_cannot_be_read_is_kept_in_the_form_with_what_is_wrong(desk):
    browser = desk.staff()
    send(browser, "admin/people/import", "admin/people/import", text="id,nmae\nx,y")
    assert browser.status == 422
    assert "Did you mean name?" in browser.seen
    assert "id,nmae" in browser.text


def test_a_consent_has_words_a_day_and_a_source(desk):
    bob = desk.person("bob").number
    browser = desk.staff()
    fields = {"channel": "whatsapp", "given_on": "2026-03-01", "text": "Yes, write me <3", "source": "form 7"}
    send(browser, f"admin/people/{bob}", f"admin/people/{bob}/consent", **fields | {"given_on": "2126-03-01"})
    assert browser.status == 422
    assert "lies in the future" in browser.seen
    assert "form 7" in browser.text, "what was typed is still there"
    send(browser, f"admin/people/{bob}", f"admin/people/{bob}/consent", **fields)
    (consent,) = desk.person("bob").consents
    assert (consent.channel, consent.text, consent.source) == (Channel.WHATSAPP, "Yes, write me <3", "form 7")
    assert "Yes, write me <3" in browser.seen
    assert "consent.recorded" in desk.did()


def test_two_numbers_of_one_person_are_merged_after_a_look(desk):
    desk.house.deal(1, "Closed Won", owner=desk.person("bob").identities["salesforce"])
    bob, asha = desk.person("bob").number, desk.person("asha").number
    browser = desk.staff()
    browser.get(f"admin/people/{bob}/merge?other=nobody")
    assert "Nobody is called so here" in browser.seen
    browser.get(f"admin/people/{bob}/merge?other=asha@acme.example")
    assert "ends and goes on as Asha Patel" in browser.seen
    assert "50 points" in browser.seen
    browser.submit(reason="Twice in the CRM")
    assert browser.place == f"admin/people/{asha}?done=merged"
    assert desk.here.views.wallet("acme", asha).available == 50
    assert desk.person("bob").merged_into == asha
    assert "Moved from your other number" in browser.seen
    assert "person.merged" in desk.did()


def test_whoever_leaves_is_signed_out_and_comes_back_by_the_same_page(desk):
    theirs, browser = desk.signed_in("bob"), desk.staff()
    bob = desk.person("bob").number
    theirs.get("me/wallet")
    assert theirs.place == "me/wallet"
    send(browser, f"admin/people/{bob}", f"admin/people/{bob}/leave", reason="")
    assert browser.status == 422
    send(browser, f"admin/people/{bob}", f"admin/people/{bob}/leave", reason="Left")
    theirs.get("me/wallet")
    assert theirs.place.startswith("sign-in/code")
    send(browser, f"admin/people/{bob}", f"admin/people/{bob}/return", reason="Back")
    assert desk.person("bob").active
    assert {"person.came_back", "person.left"} <= desk.did()


def test_erasing_asks_for_the_number_and_leaves_no_name_behind(desk):
    bob = desk.person("bob").number
    browser = desk.staff()
    question = desk.here.disputes.open(desk.person("bob"), "Bob asks", About(words="Bob's"), key="k", now=desk.house.now)
    flow = desk.here.nominations("acme")
    flow.nominate(desk.person("bob"), "race/helpful", by="maria", reason="Bob stayed late", now=desk.house.now)
    browser.wait(seconds=5)
    send(browser, f"admin/people/{bob}", f"admin/people/{bob}/erase", number="P000001", reason="Request 9")
    assert browser.status == 422
    assert desk.person("bob").name == "Bob <b>Robb</b>"
    send(browser, f"admin/people/{bob}", f"admin/people/{bob}/erase", number=bob, reason="Request 9")
    assert desk.house.people.by_number("acme", bob).name == GONE
    assert not stands("Bob", browser.get(f"admin/people/{bob}"))
    assert not stands("Bob", desk.staff().get("admin/people?active=all"))
    assert not stands("Bob", str(desk.here.actions.list("acme")))
    assert not stands("Bob", str(desk.here.disputes.get("acme", question.id)))
    assert not stands("Bob", str(list(flow.list())))
    assert not stands("Bob", str(list(desk.here.approvals.signatures.list("acme"))))


def test_support_reads_people_and_changes_nobody(desk):
    bob = desk.person("bob").number
    browser = desk.staff("support")
    browser.get(f"admin/people/{bob}")
    assert browser.status == 200
    assert "Erase" not in browser.seen
    send(browser, f"admin/people/{bob}", f"admin/people/{bob}/leave", reason="x")
    assert browser.status == 404
    browser.get("admin/people/import")
    assert browser.status == 404


def test_every_number_leads_to_its_reason(desk):
    desk.house.deal(1, "Closed Won")
    asha = desk.person("asha").number
    browser = desk.staff()
    browser.get(f"admin/people/{asha}")
    assert "50 points" in browser.seen
    browser.get(f"admin/people/{asha}/why/1")
    assert "closed in 6 days" in browser.seen.lower()
    for line in ("99", "x", "1" * 30):
        browser.get(f"admin/people/{asha}/why/{line}")
        assert browser.status == 404


def test_what_is_exported_can_be_imported_again(desk):
    rows = list(csv.DictReader(StringIO(desk.staff().get("admin/people/export"))))
    assert [row["id"] for row in rows] == ["asha", "maria", "bob", "chen"]
    text = StringIO()
    writer = csv.DictWriter(text, [name for name in rows[0] if name not in ("number", "active")], extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    preview = desk.here.imports.preview(text.getvalue().encode(), tenant="acme", now=desk.house.now)
    assert not preview.problems
    assert {it.what for it in preview.lines} == {"unchanged"}


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", "{{7*7}}", "\u202eevil", "x" * 2000, "=1+1"])
def test_hostile_names_are_names_on_every_page(desk, name):
    desk.house.people.update(replace(desk.person("chen"), name=name))
    chen = desk.person("chen").number
    browser = desk.staff()
    for page in ("admin/people", f"admin/people/{chen}", f"admin/people/{chen}/merge?other=asha", f"admin/people/{chen}?lang=nl"):
        text = browser.get(page)
        assert browser.status == 200
        assert "<script>alert" not in text
        assert "{{" not in name or name in browser.seen, "nothing is worked out"
        assert "\u202e" not in text
        assert len(text.encode()) < 100_000
