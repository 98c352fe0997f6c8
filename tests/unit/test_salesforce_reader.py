"""The reader against a stand-in Salesforce, over HTTP and through simple-salesforce."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from tests.contract.senders import connection

from accolade import crm
from accolade.crm import Page
from accolade.crm.salesforce.api import SalesforceReader
from accolade.model.errors import Missing, Rejected, Retry
from accolade.model.times import iso, to_millis
from crms.salesforce import StandIn

NOW = datetime(2026, 4, 1, 12, 0, tzinfo=UTC)
ACME = connection("salesforce", "00D5e000000AbcDEAS")
ADAPTER = crm.adapter("salesforce")
(DEALS,) = ADAPTER.default_maps
OWNER, OTHER = "0055e000003XyZ1AAK", "0055e000003XyZ2AAK"


@pytest.fixture
def org() -> Iterator[StandIn]:
    stand_in = StandIn().start()
    stand_in.load({"Organization": [{"Id": "00D5e000000AbcDEAS", "Name": "Acme"}]})
    yield stand_in
    stand_in.stop()


def reader(org: StandIn, credentials: str = "a-session") -> SalesforceReader:
    acme = replace(ACME, api_base=org.base_url, credentials="acme-api")
    found = ADAPTER.reader(acme, lambda name: credentials)
    assert isinstance(found, SalesforceReader)
    return found


def deal(number: int, at: datetime = NOW - timedelta(hours=1), **fields: Any) -> dict[str, Any]:
    return {
        "Id": f"0065e0000{number:06d}AAA",
        "Name": f"Deal {number}",
        "Amount": 100.5,
        "StageName": "Closed Won",
        "IsWon": True,
        "IsClosed": True,
        "CloseDate": "2026-03-31",
        "CreatedDate": "2026-03-01T08:00:00.000+0000",
        "OwnerId": OWNER,
        "SystemModstamp": iso(at).replace("Z", "+0000"),
    } | fields


def swept(pages: Iterator[Page]) -> tuple[list[str], list[str]]:
    """Ids in order of arrival, and the cursors."""
    found = list(pages)
    assert [page.more for page in found] == [True] * (len(found) - 1) + [False]
    return [item["fields"]["Id"] for page in found for item in page.items], [page.cursor for page in found]


def test_records_are_fetched_with_their_history_and_read_as_facts(org: StandIn) -> None:
    at = "2026-03-30T10:00:00.000+0000"
    org.load(
        {
            "Opportunity": [deal(1, StageName="Getekend")],
            "OpportunityStage": [{"MasterLabel": "Getekend", "ApiName": "Getekend", "IsWon": True, "IsClosed": True}],
            "OpportunityHistory": [
                {"OpportunityId": deal(1)["Id"], "StageName": "Getekend", "CreatedDate": at},
                {"OpportunityId": deal(1)["Id"], "StageName": "Prospecting", "CreatedDate": "2026-03-01T08:00:00.000+0000"},
            ],
            "OpportunityFieldHistory": [
                {"OpportunityId": deal(1)["Id"], "Field": "Owner", "OldValue": OTHER, "NewValue": OWNER, "CreatedDate": at},
                {"OpportunityId": deal(1)["Id"], "Field": "Owner", "OldValue": "Ann", "NewValue": "Bob", "CreatedDate": at},
            ],
        }
    )
    (content,) = reader(org).fetch(DEALS, [deal(1)["Id"]], with_history=True)
    (facts,) = ADAPTER.normalize(content, ACME, origin="read")
    first, closed = to_millis(datetime(2026, 3, 1, 8, tzinfo=UTC)), to_millis(datetime(2026, 3, 30, 10, tzinfo=UTC))
    assert facts.history == {
        "stage": ((first, "open"), (closed, "won")),
        "stage_name": ((first, "Prospecting"), (closed, "Getekend")),
        "owner": ((first, OTHER), (closed, OWNER)),
    }
    assert facts.fields["amount"] == "100.5"
    assert (facts.deleted, facts.complete) == (False, True)


def test_what_is_no_id_never_reaches_the_crm_and_unknown_ones_are_left_out(org: StandIn) -> None:
    org.load({"Opportunity": [deal(1)]})
    asked = ["' OR Id != '", deal(1)["Id"], deal(1)["Id"][:15], deal(2)["Id"], "x", ""]
    assert [item["fields"]["Name"] for item in reader(org).fetch(DEALS, asked)] == ["Deal 1"]
    (query,) = org.queries
    assert query.endswith(f"WHERE Id IN ('{deal(1)['Id']}', '{deal(2)['Id']}')")


def test_records_are_fetched_200_at_a_time_and_the_servers_pages_are_followed(org: StandIn) -> None:
    org.load({"Opportunity": [deal(number) for number in range(450)], "settings": {"page_size": 70}})
    found = reader(org).fetch(DEALS, [deal(number)["Id"] for number in range(450)])
    assert len(found) == 450


def test_a_first_sweep_brings_everything_and_deleted_records_too(org: StandIn) -> None:
    org.load({"Opportunity": [deal(1, NOW - timedelta(days=900)), deal(2, IsDeleted=True), deal(3, NOW - timedelta(seconds=20))]})
    pages = list(reader(org).changed_since(DEALS, None, now=NOW))
    assert [(item["fields"]["Name"], item["deleted"]) for page in pages for item in page.items] == [
        ("Deal 1", False),
        ("Deal 2", True),
    ]
    assert pages[-1].cursor == iso(NOW - timedelta(minutes=1))


def test_the_next_sweep_overlaps_by_ten_minutes(org: StandIn) -> None:
    org.load(
        {
            "Opportunity": [
                deal(1, NOW - timedelta(minutes=30)),
                deal(2, NOW - timedelta(minutes=18)),
                deal(3, NOW - timedelta(minutes=2)),
            ]
        }
    )
    ids, cursors = swept(reader(org).changed_since(DEALS, iso(NOW - timedelta(minutes=10)), now=NOW))
    assert ids == [deal(2)["Id"], deal(3)["Id"]]
    assert cursors == [iso(NOW - timedelta(minutes=1))]


def test_a_deep_sweep_goes_back_72_hours_whatever_the_cursor(org: StandIn) -> None:
    org.load({"Opportunity": [deal(1, NOW - timedelta(hours=71)), deal(2, NOW - timedelta(hours=73))]})
    ids, _ = swept(reader(org).changed_since(DEALS, iso(NOW), now=NOW, deep=True))
    assert ids == [deal(1)["Id"]]


def test_a_sweep_that_died_between_two_pages_goes_on_where_it_was(org: StandIn) -> None:
    at = NOW - timedelta(hours=1)
    org.load({"Opportunity": [deal(number, at if number < 430 else at + timedelta(seconds=number)) for number in range(620)]})
    first = next(iter(reader(org).changed_since(DEALS, None, now=NOW)))
    assert len(first.items) == 200
    rest, cursors = swept(reader(org).changed_since(DEALS, first.cursor, now=NOW + timedelta(hours=5)))
    assert [item["fields"]["Id"] for item in first.items] + rest == [deal(number)["Id"] for number in range(620)]
    assert cursors[-1] == iso(NOW - timedelta(minutes=1))


def test_a_sweep_with_nothing_new_keeps_its_cursor_moving_but_never_back(org: StandIn) -> None:
    ahead = iso(NOW + timedelta(hours=1))
    assert swept(reader(org).changed_since(DEALS, ahead, now=NOW)) == ([], [ahead])
    assert swept(reader(org).changed_since(DEALS, iso(NOW - timedelta(hours=1)), now=NOW)) == (
        [],
        [iso(NOW - timedelta(minutes=1))],
    )


@pytest.mark.parametrize("cursor", ["' OR 1=1", "2026-03-31T00:00:00", "2026-03-31T00:00:00Z|x' OR Id != '|2026-04-01T00:00:00Z"])
def test_a_cursor_that_is_none_of_ours_never_enters_a_query(org: StandIn, cursor: str) -> None:
    with pytest.raises(Rejected, match="cursor"):
        list(reader(org).changed_since(DEALS, cursor, now=NOW))
    assert org.calls == []


def test_users_come_with_their_state(org: StandIn) -> None:
    org.load(
        {
            "User": [
                {"Id": OWNER, "Name": "Ann", "Email": "ann@example.com", "IsActive": True},
                {"Id": OTHER, "Name": "Bob", "Email": None, "IsActive": False},
            ]
        }
    )
    assert [(user.id, user.name, user.email, user.active) for user in reader(org).users()] == [
        (OWNER, "Ann", "ann@example.com", True),
        (OTHER, "Bob", None, False),
    ]


def test_the_orgs_own_fields_are_read_and_a_wrong_name_is_explained(org: StandIn) -> None:
    org.load({"Opportunity": [deal(1, Margin__c=12.5, Account={"Name": "Northwind"})]})
    own = replace(
        DEALS, fields={**DEALS.fields, "margin": "Margin__c", "account_name": "Account.Name"}, named=("margin", "account_name")
    )
    (content,) = reader(org).fetch(own, [deal(1)["Id"]])
    assert (content["fields"]["Margin__c"], content["fields"]["Account.Name"]) == ("12.5", "Northwind")
    wrong = replace(DEALS, fields={**DEALS.fields, "margin": "Margn__c"}, named=("margin",))
    with pytest.raises(Rejected, match=r"Margn__c.*Did you mean Margin__c\?"):
        reader(org).fetch(wrong, [deal(1)["Id"]])
    with pytest.raises(Rejected, match="not the name of an object"):
        reader(org).fetch(replace(DEALS, object="User WHERE Id != null --"), [deal(1)["Id"]])


def test_a_probe_names_the_org_and_notices_that_it_is_another(org: StandIn) -> None:
    assert reader(org).probe() == "Acme (00D5e000000AbcDEAS)"
    other = StandIn().start()
    other.load({"Organization": [{"Id": "00D000000000001EAA", "Name": "Other"}]})
    try:
        with pytest.raises(Rejected, match="another organization"):
            reader(other).probe()
    finally:
        other.stop()


def test_client_credentials_and_jwt_get_their_own_session_and_renew_it(org: StandIn) -> None:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = (
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        .decode()
        .replace("\n", "\\n")
    )
    org.load({"settings": {"sessions": ["none yet"]}})
    for secret in ('{"client_id": "c", "client_secret": "s"}', f'{{"client_id": "c", "username": "u", "private_key": "{pem}"}}'):
        found = reader(org, secret)
        assert found.probe().startswith("Acme")
        org._settings["sessions"] = ["none yet"]
        assert found.probe().startswith("Acme")
    assert org.calls.count("POST /services/oauth2/token") == 4


@pytest.mark.parametrize(
    "secret", ["{", "{}", '{"client_id": "c"}', '{"client_id": "c", "username": "u", "private_key": "no key"}']
)
def test_credentials_that_cannot_work_are_refused_without_being_shown(org: StandIn, secret: str) -> None:
    with pytest.raises(Rejected) as raised:
        reader(org, secret).probe()
    assert "no key" not in str(raised.value)


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (401, "", Rejected),
        (401, '[{"errorCode": "INVALID_SESSION_ID", "message": "Session expired"}]', Rejected),
        (403, '[{"errorCode": "REQUEST_LIMIT_EXCEEDED", "message": "..."}]', Retry),
        (403, "<html>Forbidden</html>", Rejected),
        (404, "", Missing),
        (400, '[{"errorCode": "MALFORMED_QUERY", "message": "unexpected token"}]', Rejected),
        (400, "{}", Rejected),
        (429, "", Retry),
        (500, "[]", Retry),
        (503, "<html>Down for maintenance</html>", Retry),
        (200, "<html>Log in to the hotel's network</html>", Retry),
        (200, "[]", Retry),
    ],
)
def test_whatever_the_crm_answers_becomes_one_of_our_errors(org: StandIn, status: int, body: str, error: type[Exception]) -> None:
    org.fail(status=status, body=body)
    with pytest.raises(error):
        reader(org).probe()


def test_a_crm_that_is_not_there_is_tried_again_later() -> None:
    gone = StandIn().start()
    gone.stop()
    with pytest.raises(Retry):
        reader(gone).probe()


def test_a_redirect_is_not_followed(org: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = StandIn().start()
    try:
        org.redirect_to = elsewhere.base_url
        with pytest.raises(Retry):
            reader(org).probe()
        assert elsewhere.calls == []
    finally:
        elsewhere.stop()
