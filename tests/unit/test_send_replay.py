"""Replaying an export: the same requests every time, as the CRMs themselves would send them, and read as intended."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from accolade import crm
from accolade.cli.replay import hubspot, plan, salesforce
from accolade.cli.replay.export_mapping import export_mapping
from accolade.cli.replay.history import Slice, read_history
from accolade.crm import WebhookRequest
from accolade.crm.mapping import field_maps
from accolade.model.connections import Connection
from accolade.model.errors import Forged, Rejected
from accolade.model.fields import TRACKED_FIELDS
from accolade.model.records import Record, merge

DEMO = Path(__file__).resolve().parents[2] / "infra" / "local" / "demo"
DOCUMENT = yaml.safe_load((DEMO / "mapping.yaml").read_text())
EXPORT = export_mapping(DOCUMENT, name="mapping.yaml")
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ORG, OWNER = "00D5e000000AbcDEAS", "0055e00000Q0001AAA"
HEADER = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value"
ROWS = (
    "DEAL0001,Darcel,GTX,Acme & Sons <x>,Won,2017-03-01,2017-03-05,6000",
    "DEAL0002,Anna,GTX,Acme,Lost,2017-03-02,2017-03-02,0",
    "DEAL0003,Anna,GTX,Acme,Engaging,2017-03-03,,",
    "DEAL0004,Anna,GTX,Acme,Prospecting,,,",
    "DEAL0005,Anna,GTX,Acme,Won,2017-03-03,,10",
)


def history(*rows: str, wanted: Slice | None = None):
    content = "\n".join([HEADER, *(rows or ROWS)]).encode()
    return read_history(content, EXPORT, name="deals.csv", wanted=wanted or Slice())


def connection(name: str) -> Connection:
    maps = field_maps(DOCUMENT, crm=name)
    external = ORG if name == "salesforce" else "33"
    return Connection("c", "acme", name, external, NOW, NOW, secret="s", public_url="https://hooks.example.com/c", maps=maps)


def salesforce_records(changes) -> dict[str, Record]:
    """What the adapter makes of the replayed messages, merged in order."""
    link, adapter = connection("salesforce"), crm.adapter("salesforce")
    found = [salesforce.notification(change, field_map=link.maps[0], owner=OWNER) for change in changes]
    body = salesforce.envelope(found, organization=ORG)
    notifications = adapter.split(WebhookRequest("POST", {}, body))
    assert all(adapter.check(it, link) for it in notifications)
    return merged(fact for it in notifications for fact in adapter.normalize(it.content, link, origin="message"))


def hubspot_records(changes) -> dict[str, Record]:
    link, adapter = connection("hubspot"), crm.adapter("hubspot")
    events = [it for change in changes for it in hubspot.events(change, field_map=link.maps[0], owner="7", portal=33)]
    notifications = adapter.split(WebhookRequest("POST", {}, hubspot.body(events)))
    assert all(adapter.check(it, link) for it in notifications)
    return merged(fact for it in notifications for fact in adapter.normalize(it.content, link, origin="message"))


def merged(facts) -> dict[str, Record]:
    records: dict[str, Record] = {}
    for fact in facts:
        known = records.get(fact.key.id) or Record(fact.key)
        records[fact.key.id] = merge(known, fact, tracked=TRACKED_FIELDS["deal"])
    return records


def test_rows_without_dates_are_skipped_and_counted():
    told = history()
    assert told.deals == 3
    assert dict(told.skipped) == {"without creation date": 1, "closed without closing date": 1}


def test_a_deal_opens_and_then_closes_with_a_later_version_even_on_one_day():
    told = history()
    phases = {(it.deal, it.phase): it.at for it in told.changes}
    assert phases["DEAL0001", "opened"] < phases["DEAL0001", "closed"]
    assert phases["DEAL0002", "opened"] < phases["DEAL0002", "closed"]
    assert [it.at for it in told.changes] == sorted(it.at for it in told.changes)


@pytest.mark.parametrize("read", [salesforce_records, hubspot_records])
def test_the_adapter_reads_the_replay_as_the_export_says(read):
    records = list(read(history().changes).values())
    seen = [[it.value(name) for name in ("stage", "amount", "close_date", "created_on", "account_name")] for it in records]
    assert seen[0] == ["won", "6000", "2017-03-05", "2017-03-01", "Acme & Sons <x>"]
    assert seen[1][:3] == ["lost", "0", "2017-03-02"]
    assert [seen[2][0], seen[2][1], seen[2][3]] == ["open", None, "2017-03-03"]


@pytest.mark.parametrize("read", [salesforce_records, hubspot_records])
def test_in_any_order_the_records_are_the_same(read):
    changes = list(history().changes)
    assert read(changes) == read(changes[::-1])


def test_ids_are_the_same_every_time_and_never_shared():
    deals = ["1C1I7A6R", "Z063OYW0", "0A", "A", "00A", "DEAL-7", "1C1I7A6r"]
    for make in (salesforce.record_id, hubspot.record_id, salesforce.user_id, hubspot.user_id):
        assert [make(deal) for deal in deals] == [make(deal) for deal in deals]
        assert len({make(deal) for deal in deals}) == len(deals)
    assert salesforce.record_id("1C1I7A6R").startswith("00600001C1I7A6R")
    assert all(len(salesforce.record_id(deal)) == 18 for deal in deals)


def test_a_signed_request_is_accepted_and_a_changed_one_is_not():
    link, adapter = connection("hubspot"), crm.adapter("hubspot")
    change = history().changes[0]
    body = hubspot.body(list(hubspot.events(change, field_map=link.maps[0], owner="7", portal=33)))
    headers = hubspot.headers(body, secret="secret", url=link.public_url, now=NOW)
    lower = {name.lower(): value for name, value in headers.items()}
    adapter.verify(WebhookRequest("POST", lower, body), link, lambda _: "secret", now=NOW, url=link.public_url)
    with pytest.raises(Forged):
        adapter.verify(WebhookRequest("POST", lower, body + b" "), link, lambda _: "secret", now=NOW, url=link.public_url)


def test_batches_hold_at_most_their_size_and_keep_a_change_together():
    groups = [[(deal, place) for place in range(7)] for deal in range(40)]
    made = plan.batches(groups, size=100)
    assert max(map(len, made)) <= 100
    assert [it for batch in made for it in batch] == [it for group in groups for it in group]
    assert all(len({deal for deal, _ in batch}) * 7 == len(batch) for batch in made)


def test_repeating_sends_each_batch_again_and_shuffling_mixes_all_copies_by_the_seed():
    groups = [[number] for number in range(250)]
    assert plan.batches(groups, size=100, repeat=2)[0] == plan.batches(groups, size=100, repeat=2)[1]
    mixed = plan.batches(groups, size=100, repeat=3, shuffle=7)
    assert mixed == plan.batches(groups, size=100, repeat=3, shuffle=7)
    assert mixed != plan.batches(groups, size=100, repeat=3, shuffle=8)
    assert sorted(it for batch in mixed for it in batch) == sorted(list(range(250)) * 3)


def test_parts_share_the_owners_out_and_dates_cut_the_history():
    content = (DEMO / "data" / "sales_pipeline.csv").read_bytes()
    whole = read_history(content, EXPORT, name="p.csv", wanted=Slice())
    halves = [read_history(content, EXPORT, name="p.csv", wanted=Slice(part=part, of=2)) for part in (1, 2)]
    assert whole.deals == sum(half.deals for half in halves)
    assert {it.owner for it in halves[0].changes}.isdisjoint({it.owner for it in halves[1].changes})
    quarter = read_history(content, EXPORT, name="p.csv", wanted=Slice(date(2017, 1, 1), date(2017, 3, 31)))
    assert 0 < quarter.deals < whole.deals


@pytest.mark.parametrize(
    ("row", "where", "what"),
    [
        ("DEAL0001,Anna,GTX,Acme,Wonn,2017-03-01,2017-03-05,1", "deals.csv:2  deal_stage", "'Wonn' is not a known stage"),
        ("DEAL0001,Anna,GTX,Acme,Won,01-03-2017,2017-03-05,1", "deals.csv:2  engage_date", "'01-03-2017' is not a date"),
        (",Anna,GTX,Acme,Won,2017-03-01,2017-03-05,1", "deals.csv:2  opportunity_id", "the id is empty"),
    ],
)
def test_a_row_that_cannot_be_read_is_named_by_line_and_column(row, where, what):
    with pytest.raises(Rejected) as refused:
        history(row)
    assert (refused.value.where, refused.value.what) == (where, what)
    assert refused.value.mend


@pytest.mark.parametrize(
    ("change", "where", "mend"),
    [
        ({"fields": {"deal.amuont": "x"}}, "mapping.yaml: export.fields.deal.amuont", "Did you mean deal.amount?"),
        ({"fields": {"deal.amount": "x"}}, "mapping.yaml: export.fields", "deal.created_on"),
        ({"stages": {"won": ["Won"]}}, "mapping.yaml: export.stages", "lost"),
        ({"owner": ["sales_agent"]}, "mapping.yaml: export.owner", "participant: name"),
        ({"owner": None}, "mapping.yaml: export.owner", "participant: name"),
        ({"steps": {"at": "when"}}, "mapping.yaml: export", "steps"),
        ({"colour": 1}, "mapping.yaml: export.colour", "Use one of"),
    ],
)
def test_a_wrong_mapping_is_named_with_its_place_and_the_way_to_mend_it(change, where, mend):
    with pytest.raises(Rejected) as refused:
        export_mapping({"export": DOCUMENT["export"] | change}, name="mapping.yaml")
    assert refused.value.where == where
    assert mend in refused.value.mend


def test_what_the_file_writes_wrongly_is_sent_as_the_mapping_corrects_it():
    corrected = export_mapping({"export": DOCUMENT["export"] | {"values": {"product": {"GTX": "GTX Pro"}}}}, name="mapping.yaml")
    content = "\n".join([HEADER, ROWS[0]]).encode()
    told = read_history(content, corrected, name="deals.csv", wanted=Slice())
    assert {it.values["product"] for it in told.changes} == {"GTX Pro"}


def test_a_column_that_the_file_lacks_is_named():
    with pytest.raises(Rejected) as refused:
        read_history(b"opportunity_id,sales_agent\n", EXPORT, name="deals.csv", wanted=Slice())
    assert refused.value.what == "column 'account' is missing"
