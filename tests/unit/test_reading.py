"""Records of every type read as typed values: dates that count, stages, histories, and what they refer to."""

from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accolade.model.fields import DERIVED_FIELDS, EVENT_FIELDS, RECORD_FIELDS, STAGED, TRACKED_FIELDS, FieldType
from accolade.model.reading import business_date, closing, owner_at, values
from accolade.model.records import Facts, Record, RecordKey, Value, Version, merge
from accolade.model.relations import follow_lead, prefixes, relations
from accolade.model.spans import Span, reopenings, spans, stage_rows
from accolade.model.times import from_millis, to_millis
from accolade.programs.catalogue import CHOICES, EVENT_DATE, Catalogue

DAY = 86_400_000
NINE = to_millis(datetime(2026, 3, 2, 9, 0, tzinfo=UTC))


def record(
    kind: str, /, *, at: int = NINE, history: dict[str, tuple[tuple[int, Value], ...]] | None = None, **fields: Value
) -> Record:
    key = RecordKey("acme", "crm", kind, "1")
    facts = Facts(key, Version(at), fields, history=history or {})
    return merge(Record(key), facts, tracked=TRACKED_FIELDS[kind])


def read(it: Record, **types: FieldType) -> dict[str, object]:
    return values(it, currency="EUR", types=types)


@pytest.mark.parametrize("kind", RECORD_FIELDS)
def test_each_type_has_a_date_that_counts_and_somebody_who_earns(kind: str) -> None:
    catalogue = Catalogue().fields(kind)
    assert set(EVENT_FIELDS[kind]) <= set(RECORD_FIELDS[kind])
    assert catalogue[EVENT_DATE[kind]] is FieldType.DATE
    assert RECORD_FIELDS[kind]["owner"] is FieldType.USER
    assert not set(RECORD_FIELDS[kind]) & set(DERIVED_FIELDS[kind])
    assert ("stage" in RECORD_FIELDS[kind]) == (f"{kind}.stage" in CHOICES) == (kind in STAGED)
    money = [name for name, type_ in RECORD_FIELDS[kind].items() if type_ is FieldType.MONEY]
    assert not money or "currency" in RECORD_FIELDS[kind]


@pytest.mark.parametrize("kind", RECORD_FIELDS)
def test_what_is_read_is_what_the_catalogue_promises(kind: str) -> None:
    samples: dict[FieldType, Value] = {
        **dict.fromkeys((FieldType.TEXT, FieldType.CHOICE, FieldType.USER, FieldType.REFERENCE), "x"),
        FieldType.INTEGER: 3,
        FieldType.DECIMAL: "1.5",
        FieldType.MONEY: "12.34",
        FieldType.BOOLEAN: True,
        FieldType.DATE: "2026-03-01",
        FieldType.INSTANT: NINE,
    }
    held: dict[FieldType, type] = {
        FieldType.INTEGER: int,
        FieldType.DECIMAL: Decimal,
        FieldType.MONEY: int,
        FieldType.BOOLEAN: bool,
        FieldType.DATE: date,
        FieldType.INSTANT: datetime,
    }
    it = record(kind, **{name: samples[type_] for name, type_ in RECORD_FIELDS[kind].items()} | {"currency": "EUR"})
    found, promised = read(it), Catalogue().fields(kind)
    assert {name for name in found if name not in promised} <= {f"{kind}.history", f"{kind}.currency"}
    for name, value in found.items():
        if name in promised and promised[name] in held:
            assert isinstance(value, held[promised[name]]), name


def test_a_tickets_times_are_read_in_seconds_and_its_service_level_from_the_due_time() -> None:
    it = record("ticket", created_at=NINE, first_response_at=NINE + 1_800_000, closed_at=NINE + DAY, due_at=NINE + DAY)
    found = read(it)
    assert found["ticket.response_seconds"] == 1800
    assert found["ticket.resolution_seconds"] == 86_400
    assert found["ticket.sla_met"] is True
    assert read(record("ticket", sla_met=False, closed_at=NINE, due_at=NINE))["ticket.sla_met"] is False


def test_a_ticket_closed_and_opened_again_counts_as_reopened_unless_the_crm_counts_itself() -> None:
    rows = ((NINE, "open"), (NINE + 1, "won"), (NINE + 2, "open"), (NINE + 3, "won"))
    it = record("ticket", at=NINE + 3, stage="won", history={"stage": rows})
    assert read(it)["ticket.reopened"] == 1
    assert read(record("ticket", at=NINE + 3, stage="won", reopened=4, history={"stage": rows}))["ticket.reopened"] == 4


def test_the_day_of_a_lead_is_its_conversion_then_its_end_then_its_creation() -> None:
    assert business_date(record("lead", created_on="2026-01-05")) == date(2026, 1, 5)
    assert business_date(record("lead", created_on="2026-01-05", closed_on="2026-02-01")) == date(2026, 2, 1)
    converted = record("lead", created_on="2026-01-05", closed_on="2026-02-02", converted_on="2026-02-01")
    assert business_date(converted) == date(2026, 2, 1)
    assert read(converted)["lead.event_on"] == date(2026, 2, 1)
    assert read(converted)["lead.cycle_days"] == 27
    assert business_date(record("lead")) is None


def test_a_cycle_goes_across_the_conversion() -> None:
    deal = record("deal", lead_created_on="2026-01-05", created_on="2026-02-01", close_date="2026-03-01")
    assert read(deal)["deal.lead_cycle_days"] == 55
    assert read(deal)["deal.cycle_days"] == 28
    joined = read(record("deal", lead="00Q", close_date="2026-03-01")) | read(record("lead", created_on="2026-01-06"))
    follow_lead(joined)
    assert joined["deal.lead_cycle_days"] == 54
    both = joined | read(deal)
    follow_lead(both)
    assert both["deal.lead_cycle_days"] == 55, "what the deal says of its lead counts"
    alone = read(record("deal", close_date="2026-03-01"))
    follow_lead(alone)
    assert "deal.lead_cycle_days" not in alone


def test_a_discount_is_worked_out_where_the_crm_states_none() -> None:
    assert read(record("deal", amount="880", list_price="1000"))["deal.discount"] == 12
    assert read(record("deal", amount="880", list_price="1000", discount="5"))["deal.discount"] == 5
    assert "deal.discount" not in read(record("deal", amount="880", list_price="0"))


def test_invoices_claims_and_trainings_know_whether_they_were_in_time() -> None:
    late = read(record("invoice", due_on="2026-03-01", paid_on="2026-03-04"))
    assert (late["invoice.days_late"], late["invoice.on_time"]) == (3, False)
    assert read(record("claim", due_on="2026-03-05", submitted_on="2026-03-05"))["claim.on_time"] is True
    training = read(record("training", stage="won", due_on="2026-03-05", completed_on="2026-03-01"))
    assert (training["training.days_late"], training["training.passed"]) == (-4, True)
    assert "invoice.on_time" not in read(record("invoice", due_on="2026-03-01"))


def test_an_open_record_is_not_closed_and_a_type_without_stages_never_is() -> None:
    assert closing(record("ticket", stage="open", owner="u1")) is None
    assert closing(record("account", owner="u1")) is None
    solved = closing(record("ticket", stage="won", owner="u1"))
    assert solved is not None
    assert (solved.stage, solved.owner) == ("won", "u1")


def test_the_owner_of_a_time_is_the_one_in_force_else_the_earliest_known() -> None:
    it = record("account", at=NINE + DAY, owner="u2", history={"owner": ((NINE, "u1"),)})
    assert owner_at(it, NINE) == "u1"
    assert owner_at(it, NINE + 2 * DAY) == "u2"
    assert owner_at(it, 0) == "u1"
    assert owner_at(record("account"), NINE) is None


def test_stages_are_spans_by_the_crms_own_names() -> None:
    rows = ((NINE, "Prospecting"), (NINE + DAY, "Proposal"), (NINE + 2 * DAY, "Prospecting"), (NINE + 3 * DAY, "Closed Won"))
    stages = ((NINE, "open"), (NINE + 3 * DAY, "won"))
    it = record(
        "deal", at=NINE + 5 * DAY, stage="won", stage_name="Closed Won", history={"stage_name": rows, "stage": stages}, owner="u1"
    )
    assert [span.stage for span in spans(stage_rows(it))] == ["Prospecting", "Proposal", "Prospecting", "Closed Won"]
    found = read(it)
    assert found["deal.stage_since"] == from_millis(NINE + 3 * DAY)
    assert (found["deal.stage_days"], found["deal.stage_count"], found["deal.stage_bounces"]) == (2, 4, 1)
    assert (found["deal.reopenings"], found["deal.owner_changes"]) == (0, 0)
    assert spans(found["deal.history"]) == spans(stage_rows(it))  # type: ignore[arg-type] # rows, as `values` says


def test_rows_of_one_instant_keep_their_order_and_take_no_time() -> None:
    assert spans([(5, "b"), (5, "a"), (9, "a"), (12, None), (13, "c")]) == (
        Span("b", 5, 5),
        Span("a", 5, 13),
        Span("c", 13, None),
    )
    assert reopenings([(1, "won"), (2, "lost"), (3, "open"), (4, None), (5, "won")]) == 1


@given(st.lists(st.tuples(st.integers(0, 10**6), st.sampled_from(["a", "b", None])), max_size=20))
def test_spans_meet_end_to_end_and_no_stage_follows_itself(rows: list[tuple[int, Value]]) -> None:
    found = spans(sorted(rows, key=lambda row: row[0]))
    assert all(one.end == other.start and one.stage != other.stage for one, other in pairwise(found))
    assert not found or found[-1].end is None


def test_a_record_is_seen_with_what_it_refers_to() -> None:
    assert ("account", "account", "account") in relations("deal")
    assert ("product", "product", "product") in relations("deal")
    assert ("converted_deal", "deal", "deal") in relations("lead")
    assert {"deal", "product", "account"} == set(prefixes("line_item"))
    assert relations("product") == ()
    fields = Catalogue({"account": {"tier": FieldType.TEXT}}).fields("deal")
    assert fields["account.segment"] is FieldType.TEXT
    assert fields["account.tier"] is FieldType.TEXT
    assert "ticket.priority" not in fields


@given(st.integers(-(10**15), 10**15))
def test_milliseconds_and_instants_are_the_same_time(millis: int) -> None:
    millis = max(-(10**13), min(millis, 10**14))
    assert to_millis(from_millis(millis)) == millis
