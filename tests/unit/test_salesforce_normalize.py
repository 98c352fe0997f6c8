"""Salesforce records as canonical facts: stages, versions, nulls, bounds, histories."""

from dataclasses import replace
from typing import Any

import pytest
from tests.contract.senders import connection

from accolade import crm
from accolade.crm.salesforce.ids import to18
from accolade.model.connections import FieldMap
from accolade.model.errors import Rejected
from accolade.model.fields import FieldType
from accolade.model.records import Facts, Origin, Record, merge

ACME = connection("salesforce", "00D5e000000AbcDEAS")
DEAL = "0065e00000LmN0pAAF"
STAMP = "2026-03-31T18:27:02.000Z"
ADAPTER = crm.adapter("salesforce")
(DEFAULT,) = ADAPTER.default_maps


def facts(origin: str = "message", maps: tuple[FieldMap, ...] = (), extra: dict[str, Any] | None = None, **fields: Any) -> Facts:
    content = {"id": "04l", "type": "Opportunity", "fields": {"Id": DEAL, "SystemModstamp": STAMP} | fields} | (extra or {})
    (found,) = ADAPTER.normalize(content, replace(ACME, maps=maps), origin=origin)
    return found


@pytest.mark.parametrize(
    ("short", "long"), [("00DQ0000000EB93", "00DQ0000000EB93MAG"), ("0015f00002J9YYE", "0015f00002J9YYEAA3")]
)
def test_ids_of_15_characters_get_the_three_that_salesforce_gives_them(short: str, long: str) -> None:
    assert to18(short) == to18(long) == long


@pytest.mark.parametrize(
    "text", ["", "0015f00002J9YY", "0015f00002J9YYEAA", "0015f00002J9YY'", "0015f00002J9YYE\n", "００15f00002J9YYE"]
)
def test_what_is_no_id_never_becomes_one(text: str) -> None:
    with pytest.raises(ValueError):
        to18(text)


@pytest.mark.parametrize(
    ("fields", "stage"),
    [
        ({"IsWon": "true", "IsClosed": "true", "StageName": "Getekend"}, "won"),
        ({"IsWon": "false", "IsClosed": "true", "StageName": "Weg"}, "lost"),
        ({"IsWon": "false", "IsClosed": "false", "StageName": "Closed Won"}, "open"),
        ({"IsWon": "true"}, "won"),
        ({"IsWon": "false", "StageName": "Closed Lost"}, "lost"),
        ({"IsWon": "false", "StageName": "Prospecting"}, "open"),
        ({"IsClosed": "true", "StageName": "Closed Won"}, "won"),
        ({"IsClosed": "false"}, "open"),
        ({"StageName": "Closed Won"}, "won"),
        ({"StageName": "closed won"}, "open"),
        ({"Amount": "1"}, None),
    ],
)
def test_the_stage_is_what_the_flags_say_else_what_the_name_says(fields: dict[str, str], stage: str | None) -> None:
    assert facts(**fields).fields.get("stage") == stage


def test_a_closed_stage_of_unknown_outcome_is_parked_with_what_to_do() -> None:
    with pytest.raises(Rejected, match=r"won or lost\?.*IsWon"):
        facts(IsClosed="true", StageName="Afgesloten")


def test_the_orgs_own_stage_names_decide_in_messages_and_reads_alike() -> None:
    own = (replace(DEFAULT, stages={"Getekend": "won"}),)
    assert facts(maps=own, StageName="Getekend").fields["stage"] == "won"
    assert facts("read", maps=own, StageName="Getekend", IsWon="false", IsClosed="false").fields["stage"] == "won"


def test_a_created_date_is_the_day_in_the_connections_zone_and_a_close_date_never_moves() -> None:
    for zone, day in (("UTC", "2026-03-19"), ("Europe/Amsterdam", "2026-03-20"), ("Pacific/Pago_Pago", "2026-03-19")):
        found = facts(maps=(replace(DEFAULT, time_zone=zone),), CreatedDate="2026-03-19T23:30:00.000Z", CloseDate="2026-03-31")
        assert (found.fields["created_on"], found.fields["close_date"]) == (day, "2026-03-31")


def test_the_api_and_the_messages_write_the_same_version() -> None:
    assert facts("read", SystemModstamp="2026-03-31T18:27:02.000+0000").version.at == facts().version.at
    assert (facts("read").version.origin, facts().version.origin) == (Origin.READ, Origin.MESSAGE)


def test_a_message_without_any_time_is_parked_with_what_to_add() -> None:
    with pytest.raises(Rejected, match="Add SystemModstamp"):
        facts(SystemModstamp=None)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        *(
            ("Amount", text)
            for text in ("NaN", "Infinity", "-inf", "1e400", "1e99", "1_000", "1,000.00", "0x10", "١٢", "10000000000000001")
        ),
        *(
            ("CloseDate", text)
            for text in ("2026-02-30", "31-03-2026", "20260331", "2026-W14-2", "tomorrow", "2026-03-31T10:00:00")
        ),
        *(("OwnerId", text) for text in ("me", "0055e000003XyZ1' OR Id != '", "0" * 16)),
        *(("SystemModstamp", text) for text in ("2026-03-31", "2026-03-31T18:27:02", "now", "2026-13-01T00:00:00Z")),
        ("CurrencyIsoCode", "E" * 256),
        ("Probability", "NaN"),
        ("IsDeleted", "maybe"),
        ("IsWon", "si"),
    ],
)
def test_a_value_that_is_none_is_parked_and_named(field: str, text: str) -> None:
    with pytest.raises(Rejected) as raised:
        facts(**{field: text})
    assert field in raised.value.what
    assert DEAL in raised.value.where
    assert len(raised.value.what) < 160


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("120000.0", "120000"),
        ("1.2E7", "12000000"),
        ("-0.0", "0"),
        ("0.10", "0.1"),
        ("+5", "5"),
        ("-3.50", "-3.5"),
        ("", None),
        (" 7 ", "7"),
    ],
)
def test_amounts_are_held_as_plain_decimals(text: str, held: str | None) -> None:
    assert facts(Amount=text).fields["amount"] == held


def test_yen_are_bounded_as_yen_and_long_texts_are_cut() -> None:
    assert facts(CurrencyIsoCode="JPY", Amount="900000000000000").fields["amount"] == "900000000000000"
    with pytest.raises(Rejected):
        facts(CurrencyIsoCode="USD", Amount="900000000000000")
    assert facts(Name="x" * 1000).fields["name"] == "x" * 255


def test_own_fields_are_read_by_their_stated_type() -> None:
    types = {
        "units": FieldType.INTEGER,
        "signed_at": FieldType.INSTANT,
        "strategic": FieldType.BOOLEAN,
        "campaign": FieldType.REFERENCE,
    }
    vendor = {"units": "Units__c", "signed_at": "Signed__c", "strategic": "Strategic__c", "campaign": "CampaignId"}
    own = (replace(DEFAULT, fields={**DEFAULT.fields, **vendor}, types=types, named=tuple(vendor)),)
    found = facts(maps=own, Units__c="24.0", Signed__c=STAMP, Strategic__c="true", CampaignId="0015f00002J9YYE").fields
    assert [found[name] for name in vendor] == [24, 1774981622000, True, "0015f00002J9YYEAA3"]
    with pytest.raises(Rejected, match="whole number"):
        facts(maps=own, Units__c="2.5")


def test_an_absent_field_is_null_only_where_the_org_says_its_messages_carry_it() -> None:
    guided = {"StageName": "Prospecting", "CloseDate": "2026-03-31", "OwnerId": "0055e000003XyZ1AAK"}
    assert facts(**guided).fields["amount"] is None
    assert "amount" not in facts(StageName="Prospecting").fields
    assert "type" not in facts(**guided).fields
    own = (
        replace(DEFAULT, fields={**DEFAULT.fields, "account_name": "Account.Name"}, named=("type", "close_date", "account_name")),
    )
    found = facts(maps=own, StageName="Prospecting").fields
    assert found["type"] is None
    assert not {"close_date", "account_name"} & set(found)
    assert "type" not in facts("read", maps=own, StageName="Prospecting").fields


def test_a_message_that_never_selects_a_field_leaves_what_the_api_said() -> None:
    read = facts("read", LeadSource="Web", StageName="Prospecting")
    later = facts(
        SystemModstamp="2026-04-02T00:00:00Z", StageName="Closed Won", CloseDate="2026-03-31", OwnerId="0055e000003XyZ1AAK"
    )
    one = merge(merge(Record(read.key), read, tracked=()), later, tracked=())
    other = merge(merge(Record(read.key), later, tracked=()), read, tracked=())
    assert one == other
    assert (one.value("lead_source"), one.value("stage")) == ("Web", "won")


def test_a_read_brings_the_crms_own_history() -> None:
    history = {"stage": [[1, "Prospecting"], [2, "Getekend"]], "owner": [[1, "0055e000003XyZ1"]]}
    found = facts("read", extra={"history": history, "stages": {"Getekend": "won"}, "deleted": True}, StageName="Getekend")
    assert found.history == {
        "stage": ((1, "open"), (2, "won")),
        "stage_name": ((1, "Prospecting"), (2, "Getekend")),
        "owner": ((1, to18("0055e000003XyZ1")),),
    }
    assert (found.deleted, found.complete) == (True, True)
    with pytest.raises(Rejected, match="history"):
        facts("read", extra={"history": {"stage": [["x", "y"]]}})


def test_other_objects_and_maps_of_other_objects_give_nothing() -> None:
    assert ADAPTER.normalize({"id": "", "type": "Lead", "fields": {"Id": DEAL}}, ACME, origin="message") == []
    other = replace(ACME, maps=(FieldMap("deal", "Deal__c", {"name": "Name"}),))
    assert ADAPTER.normalize({"id": "", "type": "Opportunity", "fields": {"Id": DEAL}}, other, origin="message") == []
