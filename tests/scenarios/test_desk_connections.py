"""The console's connections: added without showing a secret again, tested, mapped, paused without losing anything."""

import re
from dataclasses import replace

import pytest
from tests.scenarios.desk import Desk, send

from accolade.model.errors import Missing
from crms.salesforce import StandIn

ORG = "00D000000000002"


@pytest.fixture
def desk(linked):
    return Desk(linked)


@pytest.fixture
def org():
    made = StandIn().start()
    opportunity = {"Id": "0065e0000000001AAA", "Name": "One", "Amount": 12000, "SystemModstamp": "2026-11-20T10:00:00.000Z"}
    made.load(
        {
            "Opportunity": [opportunity | {"Sales_Region__c": "Benelux <b>", "StageName": "Closed Won"}],
            "Organization": [{"Id": "00D000000000001AAA", "Name": "Acme BV"}],
        }
    )
    yield made
    made.stop()


def connected(desk, org):
    """The connection of the company, with an API that answers."""
    desk.stack.secrets.create_secret(Name="creds", SecretString="a token")
    desk.here.settings = replace(desk.here.settings, api_hosts=(org.base_url.removeprefix("http://"),))
    it = replace(desk.here.connections.get("sf"), credentials="creds", api_base=org.base_url)
    desk.here.connections.put(it)
    return it


def test_salesforce_is_added_and_its_url_is_shown_this_once(desk):
    browser = desk.staff()
    fields = {"id": "sales", "external": "nonsense", "trust": "message", "client_id": "CONSUMERKEY1", "client_secret": "SECRET1"}
    send(browser, "admin/connections/add/salesforce", "admin/connections/add/salesforce", **fields)
    assert browser.status == 422
    assert "00D and 12 or 15 more characters" in browser.seen
    assert "sales" in browser.text
    assert "SECRET1" not in browser.text, "a secret is never sent back"
    assert "CONSUMERKEY1" not in browser.text
    browser.submit(**fields | {"external": ORG})
    assert browser.status == 200
    url = browser.text.split('<p class="secret">')[1].split("<")[0]
    assert url.startswith("https://rewards.acme.example/live/crm/salesforce/sales/")
    it = desk.here.connections.get("sales")
    assert (it.tenant, it.external_id[:15]) == ("acme", ORG)
    kept = desk.stack.secrets.get_secret_value(SecretId=it.credentials)["SecretString"]
    assert "SECRET1" in kept
    for page in ("admin/connections", "admin/connections/sales", "admin/connections/add/salesforce?id=sales", "admin/audit"):
        text = browser.get(page)
        assert browser.status == 200
        assert "SECRET1" not in text
        assert url.rsplit("/", 1)[1] not in text
    assert "connection.added" in desk.did()


def test_hubspot_needs_the_secret_that_its_webhooks_are_signed_with(desk):
    browser = desk.staff()
    page = "admin/connections/add/hubspot"
    send(browser, page, page, id="hs", external="12345", since="2026-01-01")
    assert browser.status == 422
    assert "no client secret is known" in browser.seen.lower()
    send(browser, page, page, id="hs", external="12x")
    assert "is a number" in browser.seen
    send(browser, page, page, id="hs", external="12345", app_secret="s3", since="2026-01-01")
    assert "https://rewards.acme.example/live/crm/hubspot/hs" in browser.seen
    assert desk.here.connections.get("hs").since.year == 2026


def test_only_the_vendors_own_hosts_are_called(desk):
    browser = desk.staff()
    page = "admin/connections/add/salesforce"
    for address in ("http://169.254.169.254", "https://evil.example", "https://user:pass@x.my.salesforce.com", "ftp://x"):
        send(browser, page, page, id="ssrf", external=ORG, trust="message", api_base=address)
        assert browser.status == 422
        with pytest.raises(Missing):
            desk.here.connections.get("ssrf")


def test_a_connection_of_another_company_is_not_there_and_cannot_be_taken(desk):
    theirs = desk.staff(tenant="other", name="oscar@other.example")
    theirs.get("admin/connections/sf")
    assert theirs.status == 404
    assert not re.search(r"\b00D\w{12}", theirs.get("admin/connections"))
    for act in ("test", "pause", "fields"):
        send(theirs, "admin/messages/pause", f"admin/connections/sf/{act}", act="pause", reason="x", object="Opportunity")
        assert theirs.status == 404
    desk.here.tenants.put(replace(desk.here.tenants.get("other"), public_url="https://other.example"))
    page = "admin/connections/add/salesforce"
    send(theirs, page, page, id="sf", external=ORG, trust="message")
    assert theirs.status == 422
    assert "is taken" in theirs.seen
    assert desk.here.connections.get("sf").tenant == "acme"


def test_a_test_says_who_we_are_there_or_what_to_do(desk, org):
    browser = desk.staff()
    send(browser, "admin/connections/sf", "admin/connections/sf/test")
    assert "No API credentials are stored" in browser.seen
    connected(desk, org)
    send(browser, "admin/connections/sf", "admin/connections/sf/test")
    assert "The API answers: Acme BV" in browser.seen
    org.fail(times=5, status=401, body='[{"errorCode": "INVALID_SESSION_ID", "message": "Session expired"}]')
    send(browser, "admin/connections/sf", "admin/connections/sf/test")
    assert "The API answers" not in browser.seen
    assert browser.status == 200


def test_the_map_suggests_what_the_crm_has_and_keeps_what_is_typed(desk, org):
    connected(desk, org)
    browser = desk.staff()
    page = "admin/connections/sf/fields?object=Opportunity"
    browser.get(page)
    assert "Sales_Region__c" in browser.text
    assert "Benelux <b>" in browser.seen
    sent = "admin/connections/sf/fields"
    form = {"object": "Opportunity", "currency": "EUR", "time_zone": "Nowhere/Land", "source": "1", "reason": "Regions"}
    fields = {f"field.{name}": vendor for name, vendor in desk.here.connections.get("sf").maps[0].fields.items()}
    send(browser, page, sent, **form | fields | {"field.region": "Sales_Region__c"})
    assert browser.status == 422
    assert "is not a time zone" in browser.seen
    assert 'value="Nowhere/Land"' in browser.text
    own = {"own.0": "prestige_class", "own_type.0": "text", "own_field.0": "Class__c"}
    send(browser, page, sent, **form | fields | own | {"field.region": "Sales_Region__c", "time_zone": "Europe/Amsterdam"})
    entry = desk.here.connections.get("sf").maps[0]
    assert (entry.fields["region"], entry.fields["prestige_class"]) == ("Sales_Region__c", "Class__c")
    assert (entry.currency, entry.fields["amount"]) == ("EUR", fields["field.amount"])
    assert "connection.mapped" in desk.did()


def test_what_a_paused_connection_tells_waits_and_is_decided_when_it_is_resumed(desk):
    browser = desk.staff()
    asha = desk.person("asha").number
    send(browser, "admin/connections/sf", "admin/connections/sf/pause", act="pause", reason="A wrong export")
    desk.house.again().deal(1, "Closed Won")
    assert desk.here.views.wallet("acme", asha).available == 0
    browser.get("admin/connections/sf")
    assert "Cases of this connection that wait: 1" in browser.seen
    send(browser, "admin/cases", "admin/cases", connection="", reason="All")
    assert "Nothing waits" not in browser.seen, "what was told in a pause is not decided by retrying all"
    send(browser, "admin/connections/sf", "admin/connections/sf/pause", act="resume", reason="It was right")
    (message,) = desk.stack.messages("inbox")
    assert message["items"][0]["fields"]["StageName"] == "Closed Won"
    desk.house.again().deal(1, "Closed Won")
    assert desk.here.views.wallet("acme", asha).available == 50
    assert "connection.resumed" in desk.did()
