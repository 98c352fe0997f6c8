"""Mapping files: the org's own fields and stages over the defaults, and errors that say what was meant."""

from typing import Any

import pytest

from accolade import crm
from accolade.crm.mapping import field_maps
from accolade.model.errors import Rejected
from accolade.model.fields import FieldType

DEFAULTS = crm.adapter("salesforce").default_maps


def read(**salesforce: Any) -> Any:
    document = {"connection": {"salesforce": salesforce}, "export": {"anything": 1}}
    return field_maps(document, crm="salesforce", name="mapping.yaml")


@pytest.mark.parametrize("document", [None, {}, {"export": {}}, {"connection": None}, {"connection": {"hubspot": {}}}])
def test_a_file_that_says_nothing_of_the_crm_leaves_the_defaults(document: object) -> None:
    assert field_maps(document, crm="salesforce") == ()


def test_the_orgs_own_fields_lie_over_the_defaults_and_are_remembered_as_named() -> None:
    (found,) = read(
        fields={"deal.amount": "ACV__c", "deal.margin": "Margin__c", "deal.stage": "Phase__c"},
        types={"deal.margin": "money"},
        stages={"won": ["Getekend", 5], "lost": "Verloren"},
        currency="EUR",
        time_zone="Europe/Amsterdam",
        source=False,
    )
    assert found.fields == {**DEFAULTS[0].fields, "amount": "ACV__c", "margin": "Margin__c", "stage_name": "Phase__c"}
    assert (found.named, found.types) == (("amount", "margin", "stage_name"), {"margin": FieldType.MONEY})
    assert found.stages == {"Getekend": "won", "5": "won", "Verloren": "lost"}
    assert (found.object, found.currency, found.time_zone, found.source) == ("Opportunity", "EUR", "Europe/Amsterdam", False)


@pytest.mark.parametrize(
    ("entry", "said"),
    [
        (
            {"fields": {"deal.amuont": "Amount"}},
            r"fields\.deal\.amuont: deal\.amuont is not a field of deal\. Did you mean deal\.amount\?",
        ),
        ({"fields": {"deal.margin": "Margin__c"}}, r"types: \{deal\.margin: money\}"),
        ({"fields": {"amount": "Amount"}}, r"Write it as deal\.name"),
        ({"fields": {"deal.cycle_days": "X"}}, "computed from other fields"),
        ({"fields": {"deal.amount": None}}, "a text of 1 to 255"),
        ({"fields": ["deal.amount"]}, "a mapping is expected"),
        ({"types": {"deal.amount": "text"}}, "is fixed"),
        ({"types": {"deal.margin": "mony"}}, r"Did you mean money\?"),
        ({"stages": {"one": ["x"]}}, "not a stage"),
        ({"stages": {"won": ["x"], "lost": ["x"]}}, "cannot be both won and lost"),
        ({"record": "deel"}, r"Did you mean deal\?"),
        ({"currency": "euro"}, "ISO 4217"),
        ({"time_zone": "Europe/Amsterdan"}, "not a time zone"),
        ({"time_zone": "../../etc/passwd"}, "not a time zone"),
        ({"source": "no"}, "true or false"),
        ({"felds": {}}, r"connection\.salesforce\.felds: .*Did you mean fields\?"),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_was_meant(entry: dict[str, Any], said: str) -> None:
    with pytest.raises(Rejected, match=said) as raised:
        read(**entry)
    assert raised.value.where.startswith("mapping.yaml.connection.salesforce")


def test_an_object_is_mapped_once() -> None:
    with pytest.raises(Rejected, match="mapped twice"):
        field_maps({"connection": {"salesforce": [{}, {}]}}, crm="salesforce")


def test_a_record_type_is_asked_for_with_one_line_and_reads_all_its_objects() -> None:
    found = field_maps(
        {"connection": {"salesforce": [{"record": "deal"}, {"record": "activity", "time_zone": "Europe/Amsterdam"}]}},
        crm="salesforce",
    )
    assert [(it.record, it.object) for it in found] == [("deal", "Opportunity"), ("activity", "Task"), ("activity", "Event")]
    assert {it.time_zone for it in found[1:]} == {"Europe/Amsterdam"}
    known = {it.object: it for it in crm.adapter("salesforce").known_maps}
    assert found[1].fields == known["Task"].fields


def test_an_object_that_not_every_org_has_is_read_only_when_it_is_named() -> None:
    (order,) = field_maps({"connection": {"salesforce": {"record": "invoice"}}}, crm="salesforce")
    (invoice,) = field_maps({"connection": {"salesforce": {"record": "invoice", "object": "Invoice"}}}, crm="salesforce")
    assert (order.object, invoice.object) == ("Order", "Invoice")
    assert invoice.fields["due_on"] == "DueDate"


def test_any_record_type_may_be_mapped_to_an_object_of_the_orgs_own() -> None:
    claim = {"record": "claim", "object": "Warranty__c", "fields": {"claim.submitted_on": "Sent__c"}, "stages": {"won": "Paid"}}
    (found,) = field_maps({"connection": {"salesforce": claim}}, crm="salesforce")
    assert (found.object, found.fields["submitted_on"], found.fields["owner"]) == ("Warranty__c", "Sent__c", "OwnerId")
    with pytest.raises(Rejected, match="Name yours"):
        field_maps({"connection": {"salesforce": {"record": "claim"}}}, crm="salesforce")
