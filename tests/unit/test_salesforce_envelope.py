"""Outbound messages: what Salesforce may send is read, what attackers may send is refused quickly and cheaply."""

import json
import time
import tracemalloc

import pytest

from accolade.crm.salesforce.envelope import split, without_session
from accolade.crm.salesforce.ids import to18
from accolade.model.errors import Rejected, Unreadable

HEAD = (
    b'<?xml version="1.0" encoding="UTF-8"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
    b'<notifications xmlns="http://soap.sforce.com/2005/09/outbound" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    b"<OrganizationId>00D5e000000AbcDEAS</OrganizationId>"
)
TAIL = b"</notifications></e:Body></e:Envelope>"


def notification(number: int = 0, fields: bytes = b"") -> bytes:
    return (
        b"<Notification><Id>04l5e0000000%03dAAA</Id>"
        b'<sObject xsi:type="sf:Opportunity" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">'
        b"<sf:Id>0065e0000000%03d</sf:Id>%s</sObject></Notification>"
    ) % (number, number, fields)


def message(*notifications: bytes) -> bytes:
    return HEAD + b"".join(notifications) + TAIL


def test_all_hundred_notifications_of_a_message_are_read_in_order() -> None:
    found = split(message(*(notification(number) for number in range(100))))
    assert [entry.id for entry in found] == [f"04l5e0000000{number:03d}AAA" for number in range(100)]
    assert {entry.external_id for entry in found} == {"00D5e000000AbcDEAS"}


def test_a_hundred_and_one_notifications_are_refused() -> None:
    with pytest.raises(Rejected, match="more than 100 notifications"):
        split(message(*(notification(number) for number in range(101))))


def test_the_same_record_in_either_form_of_its_id_is_about_the_same() -> None:
    short, long = notification(1), notification(1).replace(b"0065e0000000001<", to18("0065e0000000001").encode() + b"<")
    first, second = split(message(short, long))
    assert first.about == second.about == f"Opportunity:{to18('0065e0000000001')}"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "iso-8859-1"])
def test_other_encodings_that_xml_knows_are_read(encoding: str) -> None:
    text = message(notification(fields="<sf:Name>Café — renewal</sf:Name>".encode())).decode()
    text = text.replace("—", "-").replace('encoding="UTF-8"', f'encoding="{encoding.removesuffix("-sig")}"')
    (found,) = split(text.encode(encoding))
    assert found.content["fields"]["Name"] == "Café - renewal"


def test_an_unusual_but_legal_text_is_read_whole() -> None:
    (found,) = split(message(notification(fields=b"<sf:Name>A &amp; B <![CDATA[<C> & D]]> &#233;</sf:Name>")))
    assert found.content["fields"]["Name"] == "A & B <C> & D é"


def test_a_session_id_and_the_urls_are_nowhere_in_what_is_kept() -> None:
    secrets = b"<SessionId>00D5e000000AbcD!CANARY</SessionId><EnterpriseUrl>https://canary.example</EnterpriseUrl>"
    (found,) = split(HEAD + secrets + notification() + TAIL)
    assert "anary" not in json.dumps(dict(found.content)).lower()


def test_two_different_organizations_in_one_message_are_refused() -> None:
    with pytest.raises(Rejected, match="two organizations"):
        split(HEAD + b"<OrganizationId>00D000000000000AAA</OrganizationId>" + notification() + TAIL)


def test_an_organization_beside_the_message_does_not_count() -> None:
    body = HEAD.replace(b"<OrganizationId>00D5e000000AbcDEAS</OrganizationId>", b"") + notification() + TAIL
    forged = body.replace(b"<e:Body>", b"<e:Header><OrganizationId>00D5e000000AbcDEAS</OrganizationId></e:Header><e:Body>")
    assert [entry.external_id for entry in split(forged)] == [""]


def test_a_type_whose_prefix_leads_elsewhere_is_no_type() -> None:
    body = message(notification().replace(b'xsi:type="sf:', b'xmlns:z="urn:other" xsi:type="z:'))
    assert [entry.content["type"] for entry in split(body)] == [""]


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"\x00\x01", HEAD, HEAD + b"\x00" + TAIL, message(notification())[:-40], b"  " + message(notification())],
    ids=["empty", "json", "binary", "only a head", "nul", "truncated", "space before the declaration"],
)
def test_what_is_no_outbound_message_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        split(body)


def test_xml_that_is_something_else_is_unreadable() -> None:
    with pytest.raises(Unreadable, match="no notifications"):
        split(b'<Envelope xmlns="http://www.w3.org/2003/05/soap-envelope"><Body/></Envelope>')


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("end", ["</sf:SessionId><x>", "", "<x/>"])
def test_what_remains_of_an_unreadable_body_has_no_session_id(encoding: str, end: str) -> None:
    body = f"<a><sf:SessionId xsi:type='x'><![CDATA[CANARY]]>CANARY{end} 00D5e000000AbcDEAS!CANARY</a>".encode(encoding)
    assert "CANARY" not in without_session(body)


ATTACKS = {
    "entity bomb": b'<!DOCTYPE l [<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;">]>' + HEAD[38:] + b"&b;" + TAIL,
    "external entity": b'<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + HEAD[38:] + TAIL,
    "doctype by url": b'<!DOCTYPE l SYSTEM "http://127.0.0.1/x.dtd">' + HEAD[38:] + TAIL,
    "200,000 levels": HEAD + b"<a>" * 200_000,
    "700,000 elements": HEAD + b"<a/>" * 700_000 + TAIL,
    "400,000 fields": message(notification(fields=b"<sf:a/>" * 400_000)),
    "200,000 attributes": HEAD + b"<x " + b" ".join(b'a%d="1"' % number for number in range(200_000)) + b"/>" + TAIL,
    "200,000 namespaces": HEAD + b"<x " + b" ".join(b'xmlns:a%d="u"' % number for number in range(200_000)) + b"/>" + TAIL,
    "5,000 namespaces": HEAD + b"<x " + b" ".join(b'xmlns:a%d="u"' % number for number in range(3_500)) + b"/>" + TAIL,
    "3 MB of text": message(notification(fields=b"<sf:a>" + b"x" * 3_000_000 + b"</sf:a>")),
    "3 MB of escapes": message(notification(fields=b"<sf:a>" + b"&lt;" * 750_000 + b"</sf:a>")),
    "3 MB of a name": HEAD + b"<" + b"x" * 3_000_000 + b"/>" + TAIL,
    "3 MB of a comment": HEAD + b"<!--" + b"x" * 3_000_000 + b"-->" + TAIL,
    "800,000 comments": HEAD + b"<!---->" * 800_000 + TAIL,
    "800,000 instructions": HEAD + b"<?a?>" * 800_000 + TAIL,
    "3 MB of nothing": b" " * 3_000_000,
    "utf-7": HEAD.replace(b"UTF-8", b"utf-7") + TAIL,
    "an encoding that is none": HEAD.replace(b"UTF-8", b"no-such-thing") + TAIL,
    "a codec that is no encoding": HEAD.replace(b"UTF-8", b"rot13") + TAIL,
}


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_is_refused_within_its_limits(name: str) -> None:
    body = ATTACKS[name]
    tracemalloc.start()
    with pytest.raises(Rejected) as raised:
        split(body)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert not isinstance(raised.value, Unreadable)
    assert peak < 15_000_000
    assert min(timed(body) for _ in range(3)) < 0.05


def timed(body: bytes) -> float:
    started = time.process_time()
    with pytest.raises(Rejected):
        split(body)
    return time.process_time() - started


def test_an_xinclude_is_not_followed_and_not_read() -> None:
    include = b'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'
    (found,) = split(message(notification(fields=include)))
    assert list(found.content["fields"]) == ["Id"]
