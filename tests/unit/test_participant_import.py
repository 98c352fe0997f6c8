"""Reading a participants file: what is taken, what is refused, and whether a person can mend it from the message."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accolade.flows.participant_csv import COLUMNS, MANY, MAX_BYTES, read_participants
from accolade.model.errors import Rejected
from accolade.model.participants import Channel

TODAY = date(2026, 11, 22)
DEMO = Path(__file__).resolve().parents[2] / "infra" / "local" / "demo" / "participants.csv"


def read(*lines: str):
    return read_participants("\n".join(lines).encode(), tenant="acme", today=TODAY)


def one(header: str, line: str):
    ((_, person),) = read(header, line).people
    return person


def problem(header: str, line: str):
    (found,) = read(header, line).problems
    return found


def test_the_demos_people_are_taken_without_a_problem():
    reading = read_participants(DEMO.read_bytes(), tenant="acme", today=TODAY)
    assert (len(reading.people), list(reading.problems)) == (23, [])
    assert {channel for _, person in reading.people for channel in person.channels} == set(Channel)
    assert all(person.consents_to(channel) for _, person in reading.people for channel in person.channels)


def test_a_file_needs_only_ids_and_names():
    person = one("id,name", "asha,Asha Rao")
    assert (person.id, person.name, person.number, person.zone, person.locale) == ("asha", "Asha Rao", "", "UTC", "en")


def test_excels_file_with_bom_semicolons_and_crlf_is_read():
    content = "\ufeffid;name;phone;country\r\nasha;Asha;06 12345678;nl\r\n".encode()
    ((line, person),) = read_participants(content, tenant="acme", today=TODAY).people
    assert (line, person.phone) == (2, "+31612345678")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sms:2026-01-05", [("sms", date(2026, 1, 5), "")]),
        ("sms=2026-01-05 signed text form", [("sms", date(2026, 1, 5), "signed text form")]),
        ("sms", [("sms", TODAY, "")]),
        ("sms whatsapp", [("sms", TODAY, ""), ("whatsapp", TODAY, "")]),
        ("sms:2026-01-05|whatsapp:2026-02-06", [("sms", date(2026, 1, 5), ""), ("whatsapp", date(2026, 2, 6), "")]),
        ("SMS:2026-01-05; WA:2026-02-06 web", [("sms", date(2026, 1, 5), ""), ("whatsapp", date(2026, 2, 6), "web")]),
    ],
)
def test_a_consent_says_which_channel_since_when_and_from_where(text, expected):
    person = one("id,name,phone,consents", f"asha,Asha,+31612345678,{text}")
    assert [(it.channel.value, it.given_on, it.source) for it in person.consents] == expected


@pytest.mark.parametrize("text", ["sms;email", "sms|email", "sms email", '"sms, email"', "SMS; E-Mail"])
def test_channels_are_listed_in_any_usual_way_and_keep_their_order(text):
    person = one("id,name,email,phone,channels", f"asha,Asha,asha@example.com,+31612345678,{text}")
    assert person.channels == (Channel.SMS, Channel.EMAIL)


def test_a_15_character_salesforce_user_id_becomes_the_18_characters_that_records_carry():
    assert one("id,name,salesforce_user_id", "asha,Asha,0055e000000AbCd").identities == {"salesforce": "0055e000000AbCdAAK"}


@pytest.mark.parametrize(
    ("column", "value", "what", "mend"),
    [
        ("email", "asha@", "not an e-mail address", "name@example.com"),
        ("phone", "0612345678", "not a phone number", "fill in country"),
        ("phone", "+31612", "no such phone number", "+31612345678"),
        ("zone", "Europe/Amsterdm", "not a time zone", "Did you mean Europe/Amsterdam?"),
        ("locale", "fr", "not written in 'fr'", "en, nl"),
        ("country", "Holland", "not a country code", "NL"),
        ("started_on", "5-1-2026", "not a date", "2026-01-31"),
        ("salesforce_user_id", "00Q5e000000AbCd", "not a Salesforce user id", "005"),
        ("hubspot_owner_id", "12a", "not a HubSpot owner id", "not the user id"),
        ("channels", "sms", "phone is empty", "Fill in phone"),
        ("channels", "smss", "not a channel", "Did you mean sms?"),
        ("consents", "sms:2027-01-01", "lies in the future", "the day on which it was given"),
        ("manager", "=HYPERLINK(1)", "formula", "Remove that sign"),
        ("team", "x" * 401, "401 characters", "Shorten"),
    ],
)
def test_a_wrong_cell_is_named_with_the_way_to_mend_it(column, value, what, mend):
    found = problem(f"id,name,{column}", f"asha,Asha,{value}")
    assert (found.line, found.column) == (2, column)
    assert what in found.what
    assert mend in found.mend


def test_personal_data_does_not_stand_in_messages():
    assert "asha@" not in str(problem("id,name,email", "asha,Asha,asha@"))
    assert "31612" not in problem("id,name,phone", "asha,Asha,+31612").what


@pytest.mark.parametrize("id_", ["", "a b", "a#b", "a/b", "P000017", "x" * 65])
def test_an_id_that_would_break_keys_or_be_taken_for_a_number_is_refused(id_):
    assert problem("id,name", f"{id_},Asha").column == "id"


def test_a_person_stands_in_a_file_once_by_id_and_by_crm_user():
    reading = read("id,name,hubspot_owner_id", "asha,Asha,7", "bob,Bob,7", "asha,Asha,8")
    assert [(it.line, it.what) for it in reading.problems] == [
        (3, "hubspot user 7 stands on line 2 already"),
        (4, "id asha stands on line 2 already"),
    ]


def test_lines_are_counted_as_an_editor_shows_them_even_after_a_quoted_line_break():
    reading = read("id,name,team", 'asha,Asha,"north', 'west"', "bob,,south")
    assert [(it.line, it.column) for it in reading.problems] == [(2, "team"), (4, "name")]


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"id,name\n\xff\xfe,Asha", "line 2 is not UTF-8"),
        (b"id,naam\nasha,Asha", "column 'naam' is not known"),
        (b"id\nasha", "column 'name' is missing"),
        (b"id,name,id\nasha,Asha,x", "column 'id' is there twice"),
        (b'id,name\nasha,"Asha', "not CSV"),
        (b"id,name\n\0,x", "NUL"),
        (b"id,name\n", "no participants"),
        (b"", "column 'id' is missing"),
        (b"x" * (MAX_BYTES + 1), "can be read"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_as_a_whole(content, what):
    with pytest.raises(Rejected) as refused:
        read_participants(content, tenant="acme", today=TODAY)
    assert what in refused.value.what
    assert refused.value.mend


@given(st.lists(st.text(max_size=40), min_size=len(COLUMNS), max_size=len(COLUMNS)))
def test_any_text_in_any_cell_gives_a_participant_or_a_problem_and_never_a_crash(cells):
    quoted = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    try:
        reading = read_participants(f"{','.join(COLUMNS)}\n{quoted}".encode(errors="replace"), tenant="acme", today=TODAY)
    except Rejected:
        return
    assert len(reading.people) + len({it.line for it in reading.problems}) == 1


def test_everything_that_is_wrong_with_a_line_is_said_at_once():
    header = "id,name,email,phone,country,zone,started_on,channels,consents,team"
    reading = read(
        header,
        "asha rao,,asha@,0612345678,Holland,Mars/Base,5-1-2026,smss;fax,sms:2027-01-01|pigeon,=SUM(1)",
        "bob,Bob,,+31612,NL,,,sms;email,,",
        "cleo,Cleo,cleo@example.com,,,,,,,",
    )
    assert [person.id for _, person in reading.people] == ["cleo"]
    named = {
        line: [it.column for it in reading.problems if it.line == line] for line in sorted({it.line for it in reading.problems})
    }
    assert named == {
        2: ["team", "country", "id", "name", "email", "zone", "started_on", "consents", "consents", "channels", "channels"],
        3: ["phone", "channels"],
    }
    assert "email is empty" in reading.problems[-1].what


def test_a_national_number_is_not_called_wrong_where_only_its_country_is():
    assert problem("id,name,phone,country", "asha,Asha,0612345678,Holland").column == "country"
    wrong = read("id,name,phone,country", "asha,Asha,+31612,Holland").problems
    assert [it.column for it in wrong] == ["country", "phone"]


def test_a_line_with_too_many_values_has_that_problem_only():
    found = problem("id,name", 'asha,=Asha,"x"')
    assert (found.column, found.what) == ("", "the line has 3 values for 2 columns")


def test_of_a_file_with_very_many_problems_every_line_is_named_still():
    lines = [f"p{number},,x,y" for number in range(MANY)]
    reading = read("id,name,email,zone", *lines)
    assert {it.line for it in reading.problems} == set(range(2, MANY + 2))
    assert len(reading.problems) < 2 * MANY
    assert [it.column for it in reading.problems[-2:]] == ["name", "name"]


def test_who_stands_on_two_lines_is_named_even_if_another_cell_is_wrong():
    reading = read("id,name,email", "asha,Asha,asha@", "asha,Asha Rao,b@")
    assert [(it.line, it.column) for it in reading.problems] == [(2, "email"), (3, "email"), (3, "id")]


def test_the_same_wrong_zone_on_every_line_is_looked_up_once(monkeypatch):
    looked: list[str] = []

    def near(text, *_, **__):
        looked.append(text)
        return ["Europe/Amsterdam"]

    monkeypatch.setattr("accolade.flows.participant_cells.get_close_matches", near)
    found = read("id,name,zone", *(f"a{n},Asha,Amsterdam on every line" for n in range(50))).problems
    assert {it.mend for it in found} == {"Did you mean Europe/Amsterdam?"}
    assert (len(found), len(looked)) == (50, 1)
