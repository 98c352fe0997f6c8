"""Histories: the files of an export as typed records; a row that cannot be read says where and how to mend it."""

import gzip
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from accolade.flows.history import History, open_history
from accolade.model import reading
from accolade.model.errors import Missing, Rejected

MAPPING = """
export:
  - record: deal
    id: id
    owner: {column: rep, participant: name}
    currency: EUR
    time_zone: Europe/Amsterdam
    fields:
      deal.amount: value
      deal.created_on: opened
      deal.close_date: closed
      deal.account_name: customer
      deal.product: product
      deal.stage_name: stage
    stages: {won: [Won], lost: [Lost], open: [New, Offer]}
    values: {product: {GTXPro: GTX Pro}, rep: {D. Schlecht: Darcel}}
  - record: account
    id: number
    fields: {account.name: name, account.industry: sector}
  - record: product
    id: product
    currency: EUR
    fields: {product.series: series, product.list_price: price}
  - record: participant
    id: rep
    fields: {participant.name: rep, participant.team: team, participant.started_on: since}
"""
HEADER = "id,rep,product,customer,stage,opened,closed,value"
ROW = "D1,Darcel,GTXPro,Acme,Won,2017-02-01,2017-03-01,1234.50"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path / "accounts.csv", "number,name,sector", "77,Acme,retail")
    write(tmp_path / "products.csv", "product,series,price", "GTX Pro,GTX,4821")
    write(tmp_path / "people.csv", "rep,team,since", "Darcel,West,2017-01-01", "Anna,East,")
    return tmp_path


def write(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def history(folder: Path, *rows: str, header: str = HEADER, mapping: str = MAPPING) -> History:
    files = {"deal": write(folder / "deals.csv", header, *rows)}
    for type_, name in (("account", "accounts.csv"), ("product", "products.csv"), ("participant", "people.csv")):
        files[type_] = folder / name
    return open_history(files, yaml.safe_load(mapping))


def test_a_row_is_typed_and_lies_beside_its_account_product_and_person(folder: Path) -> None:
    row = next(history(folder, ROW).records("deal"))
    assert (row.id, row.owner, row.file, row.line) == ("D1", "Darcel", "deals.csv", 2)
    expected = {
        "deal.amount": 123450,
        "deal.close_date": date(2017, 3, 1),
        "deal.stage": "won",
        "deal.cycle_days": 28,
        "deal.product": "GTX Pro",
        "account.industry": "retail",
        "product.list_price": 482100,
        "participant.team": "West",
        "participant.tenure_days": 59,
    }
    assert {name: row.values.get(name) for name in expected} == expected


def test_the_record_reads_as_production_reads_it(folder: Path) -> None:
    row = next(history(folder, ROW).records("deal"))
    record = row.record(tenant="acme", connection="export")
    read = reading.values(record, currency="EUR")
    assert {name: value for name, value in row.values.items() if name.startswith("deal.")}.items() <= read.items()
    assert record.history["stage"][-1][1] == "won"
    assert reading.closing(record).owner == "Darcel"


def test_what_is_written_wrongly_in_a_file_is_corrected_by_the_mapping(folder: Path) -> None:
    row = next(history(folder, ROW.replace("Darcel", "D. Schlecht")).records("deal"))
    assert (row.owner, row.values["deal.product"]) == ("Darcel", "GTX Pro")


@pytest.mark.parametrize(
    ("row", "column", "what", "mend"),
    [
        (ROW.replace("2017-03-01", "March 1st"), "closed", "'March 1st' is not a date", "2017-03-01"),
        (ROW.replace("1234.50", "12k"), "value", "'12k' is not an amount", "1234.50"),
        (ROW.replace("1234.50", "NaN"), "value", "amount", ""),
        (ROW.replace("Won", "Signed"), "stage", "'Signed' is not a known stage", "stages:"),
        (ROW.replace("D1", ""), "id", "the id is empty", "id"),
        (ROW + ",more", "", "the line has 9 cells, the header 8", "comma"),
        ("D1,Darcel", "", "the line has 2 cells, the header 8", "comma"),
    ],
)
def test_a_bad_row_says_where_it_is_and_how_to_mend_it_and_the_rest_goes_on(
    folder: Path, row: str, column: str, what: str, mend: str
) -> None:
    told = history(folder, row, ROW.replace("D1", "D2"))
    assert [it.id for it in told.records("deal")] == ["D2"]
    (problem,) = told.problems.first
    assert (problem.file, problem.line, problem.column) == ("deals.csv", 2, column)
    assert what in problem.what
    assert mend in problem.mend
    assert told.problems.skipped == 1


def test_a_million_problems_are_counted_and_only_the_first_are_kept(folder: Path) -> None:
    told = history(folder, *[ROW.replace("Won", "?")] * 1000, ROW)
    assert len(list(told.records("deal"))) == 1
    assert (told.problems.total, len(told.problems.first)) == (1000, 200)


def test_a_reference_that_leads_nowhere_is_said_once_and_the_row_still_counts(folder: Path) -> None:
    told = history(folder, ROW.replace("Acme", "Acne"), ROW.replace("Acme", "Acne").replace("D1", "D2"))
    assert len(list(told.records("deal"))) == 2
    (problem,) = told.problems.first
    assert "account 'Acne' is in no account file" in problem.what
    assert told.problems.skipped == 0


def test_a_column_that_is_missing_is_named_with_those_there_are(folder: Path) -> None:
    with pytest.raises(Rejected, match=r"column 'value' is missing.*The file has id, rep"):
        next(history(folder, ROW, header=HEADER.replace("value", "amount")).records("deal"))


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (HEADER.replace(",", ";"), 'separated by semicolons.*layout: {delimiter: ";"}'),
        (HEADER.replace(",", "\t"), "separated by tabs"),
        (HEADER.replace("value", "valeu"), r"column 'value' is missing.*Did you mean valeu\?"),
        ("PK\x03\x04\x00", "not a CSV in UTF-8.*CSV UTF-8"),
    ],
)
def test_a_file_that_is_saved_otherwise_is_told_how_to_save_it(folder: Path, header: str, said: str) -> None:
    with pytest.raises(Rejected, match=said):
        next(history(folder, ROW, header=header).records("deal"))


def test_a_file_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    told = open_history({"deal": tmp_path / "none.csv"}, yaml.safe_load(MAPPING))
    with pytest.raises(Missing, match=r"none\.csv"):
        next(told.records("deal"))


def test_a_gzip_file_and_several_files_of_a_type_are_read_in_turn(folder: Path) -> None:
    one, two = write(folder / "one.csv", HEADER, ROW), folder / "two.csv.gz"
    two.write_bytes(gzip.compress(f"{HEADER}\n{ROW.replace('D1', 'D2')}\n".encode()))
    told = open_history({"deal": (one, two)}, yaml.safe_load(MAPPING))
    assert [it.id for it in told.records("deal")] == ["D1", "D2"]


def test_a_gzip_file_that_is_cut_off_is_refused(folder: Path) -> None:
    path = folder / "cut.csv.gz"
    path.write_bytes(gzip.compress(f"{HEADER}\n{ROW}\n".encode())[:-12])
    told = open_history({"deal": path}, yaml.safe_load(MAPPING))
    with pytest.raises(Rejected, match="cannot be unpacked"):
        list(told.records("deal"))


def test_a_line_without_end_is_refused_and_a_line_that_is_no_csv_is_left_out(folder: Path) -> None:
    with pytest.raises(Rejected, match="a line has no end"):
        list(history(folder, "x" * 1_100_000).records("deal"))
    told = history(folder, ROW, 'D2,"Dar"cel,,,,,,')
    assert [it.id for it in told.records("deal")] == ["D1"]
    assert told.problems.first[0].what == "this is not CSV"


def test_columns_may_be_cut_by_white_space_and_constants_filled_in(tmp_path: Path) -> None:
    mapping = """
export:
  record: deal
  currency: USD
  layout: {split: whitespace, columns: [customer, day, amount]}
  constants: {deal.stage: won}
  fields: {deal.account: customer, deal.close_date: day, deal.amount: amount}
"""
    path = write(tmp_path / "bought.txt", " 00004 19970101   29.33", "", " 00004 19970118   29.73")
    found = list(open_history({"deal": path}, yaml.safe_load(mapping)).records("deal"))
    assert [(it.id, it.values["deal.close_date"], it.values["deal.amount"], it.values["deal.stage"]) for it in found] == [
        ("L1", date(1997, 1, 1), 2933, "won"),
        ("L3", date(1997, 1, 18), 2973, "won"),
    ]


def test_dates_may_be_written_in_another_way_and_cells_be_parted_by_another_sign(tmp_path: Path) -> None:
    mapping = """
export:
  record: activity
  layout: {delimiter: ";"}
  dates: "%d.%m.%Y %H:%M"
  time_zone: Europe/Berlin
  fields: {activity.happened_on: day, activity.happened_at: at}
"""
    path = write(tmp_path / "calls.csv", "day;at", "01.07.2017 23:30;01.07.2017 23:30", "2017-07-01;")
    told = open_history({"activity": path}, yaml.safe_load(mapping))
    (row,) = told.records("activity")
    assert row.values["activity.happened_on"] == date(2017, 7, 1)
    assert row.values["activity.happened_at"] == datetime(2017, 7, 1, 21, 30, tzinfo=UTC)
    assert "state dates: in the mapping" in told.problems.first[0].mend


STEPS = """
export:
  record: deal
  id: case
  owner: {column: who, participant: id}
  time_zone: Europe/Amsterdam
  steps: {at: at, order: place}
  fields: {deal.stage_name: stage}
  stages: {won: [Won, Paid], open: [New, Offer]}
"""


def test_rows_that_are_steps_become_one_record_in_the_order_of_time_whatever_their_order(tmp_path: Path) -> None:
    path = write(
        tmp_path / "steps.csv",
        "case,at,place,stage,who",
        "B,2018-01-02T10:00:00,1,New,1",
        "A,2018-01-31T23:30:00Z,2,Won,2",
        "A,2018-02-03T10:00:00,4,Paid,3",
        "A,2018-01-01T10:00:00,1,New,1",
    )
    first, second = open_history({"deal": path}, yaml.safe_load(STEPS)).records("deal")
    assert [it[2] for it in first.steps] == ["New", "Won", "Paid"]
    # Who closed it gets it; the day is the one in the export's time zone.
    assert first.owner == "2"
    assert first.values["deal.close_date"] == date(2018, 2, 1)
    assert first.values["deal.created_on"] == date(2018, 1, 1)
    assert [name for _, name in first.values["deal.history"]] == ["New", "Won", "Paid"]
    assert (second.id, second.values["deal.stage"]) == ("B", "open")
    assert "deal.close_date" not in second.values


def test_times_without_an_offset_are_those_of_the_mapping(tmp_path: Path) -> None:
    path = write(tmp_path / "steps.csv", "case,at,place,stage,who", "A,2018-07-01T10:00:00,1,New,1")
    row = next(open_history({"deal": path}, yaml.safe_load(STEPS)).records("deal"))
    assert datetime.fromtimestamp(row.steps[0][0] / 1000, UTC) == datetime(2018, 7, 1, 8, tzinfo=UTC)


def test_deals_say_what_they_were_to_their_account(folder: Path) -> None:
    told = history(
        folder, ROW, ROW.replace("D1", "D2"), ROW.replace("D1", "D0").replace("03-01", "02-20").replace("GTXPro", "MG")
    )
    told.tell_sales()
    assert {it.id: it.values["deal.sale_kind"] for it in told.records("deal")} == {
        "D0": "first",
        "D1": "cross_sell",
        "D2": "repeat",
    }


def test_amounts_with_more_decimals_than_their_currency_stay_exact(tmp_path: Path) -> None:
    mapping = "export: {record: invoice, id: number, currency: GBP, digits: 3, fields: {invoice.amount: total}}"
    path = write(tmp_path / "invoices.csv", "number,total", "1,372.865", "2,1.0005")
    told = open_history({"invoice": path}, yaml.safe_load(mapping))
    (row,) = told.records("invoice")
    assert row.values["invoice.amount"] == 372865
    assert row.fields()["amount"] == "372.865"
    assert "at most 3 decimals" in told.problems.first[0].what


def test_people_whom_no_file_lists_are_made_up_by_the_name_of_the_owner_column(folder: Path) -> None:
    told = history(folder, ROW.replace("Darcel", "Zane"))
    list(told.records("deal"))
    assert [(it.name, it.team, it.imported) for it in told.participants()] == [
        ("Darcel", "West", True),
        ("Anna", "East", True),
        ("Zane", None, False),
    ]


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ("connection: {}", "export: the section is missing"),
        ("export: {record: dael}", "Did you mean deal"),
        ("export: {record: deal, fields: {deal.amuont: x}}", r"Did you mean deal\.amount"),
        ("export: {record: deal, feilds: {}}", "Did you mean fields"),
        ("export: [{record: deal}, {record: deal}]", "described twice"),
        ("export: {record: deal, owner: {column: a, participant: mail}}", "not a way to find one"),
        ("export: {record: deal, time_zone: Europe/Amsterdm}", "not a time zone"),
        ("export: {record: deal, currency: euro}", "ISO 4217"),
        ("export: {record: deal, digits: 9}", "number of decimals"),
        ("export: {record: deal, layout: {split: whitespace}}", "have no names"),
        ("export: {record: deal, layout: {delimiter: ';;'}}", "one character"),
        ("export: {record: deal, values: {product: GTX}}", "a mapping is expected"),
        ("export: {record: deal, constants: {amount: 3}}", "not a field of deal"),
        ("export: {record: deal, steps: {order: x}}", "a text is expected"),
        ("export: {record: participant, fields: {participant.tem: t}}", "Did you mean team"),
        ("export: {record: account}", "does not say how deal reads"),
    ],
)
def test_a_mapping_that_makes_no_sense_says_what_was_probably_meant(tmp_path: Path, mapping: str, message: str) -> None:
    with pytest.raises(Rejected, match=message):
        open_history({"deal": tmp_path / "deals.csv"}, yaml.safe_load(mapping))


def test_an_unknown_record_type_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match="'deals' is not a record type"):
        open_history({"deals": tmp_path / "deals.csv"}, yaml.safe_load(MAPPING))
