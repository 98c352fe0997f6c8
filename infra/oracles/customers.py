"""Which command answers which oracle file about customers and processes: CDNOW, Online Retail, BPI 2012."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from plans import kpi
from tables import Part, Plan, Run

TIES = ("ties_up", "ties_down", "ntile")
SCORES = "RFM"

Ask = Callable[..., Run]


def customers(ask: Ask, name: str, columns: list[str], snapshot: str) -> Iterator[Plan]:
    """The plans of one customer file: `rfm_NAME.csv` with these columns, and `summary_NAME.csv`.

    `ask(kpi, *words)` is the command over that file, `snapshot` the day that the oracle counts from.
    """
    day = ("--as-of", snapshot)
    yield _scores(ask, f"rfm_{name}.csv", columns, day)
    yield _summary(ask, f"summary_{name}.csv", columns, day)


def _scores(ask: Ask, file: str, columns: list[str], day: tuple[str, str]) -> Plan:
    shown = {
        "first_date": "first",
        "last_date": "last",
        "recency_days": "recency_days",
        "frequency": "purchases",
        "monetary": "amount",
        "purchase_days": "purchase_days",
        "active_span_days": "span_days",
    }
    parts = []
    for ties in TIES:
        run = ask("rfm", "--by", "account", *day, "--option", f"ties={ties.removeprefix('ties_')}")
        parts.append(Part(run, ("subject",), shown | {f"{it}_{ties}": it for it in SCORES}))
    for column, days in (("clv_per_day", "between"), ("clv_per_day_inclusive", "inclusive")):
        run = ask("clv_run_rate", "--by", "account", *day, "--option", f"days={days}")
        parts.append(Part(run, ("subject",), {column: "value"}))
    for days in _churned(columns):
        run = ask("lapsed", "--by", "account", *day, "--option", f"days={days}")
        parts.append(Part(run, ("subject",), {f"churned_{days}": "lapsed"}))
    return Plan(file, ("customer_id",), tuple(parts))


def _summary(ask: Ask, file: str, columns: list[str], day: tuple[str, str]) -> Plan:
    everybody = ("--by", "none", *day)

    def item(run: Run, name: str, column: str) -> Part:
        return Part(run, (), {"value": column}, named={0: name})

    value, repeated = ask("clv_run_rate", *everybody), ask("repeat_rate", *everybody)
    parts = [
        item(value, "customers", "accounts"),
        item(value, "transactions", "purchases"),
        item(value, "revenue", "amount"),
        item(value, "span_zero_customers (CLV null)", "without_span"),
        item(repeated, "repeat_customers (frequency>=2)", "repeated"),
        item(repeated, "repeat_rate", "value"),
    ]
    for days in _churned(columns):
        run = ask("lapsed", *everybody, "--option", f"days={days}")
        parts += [item(run, f"churned_{days}", "lapsed"), item(run, f"churn_rate_{days}", "value")]
    for ties in TIES:
        run = ask("rfm", *everybody, "--option", "show=spread", "--option", f"ties={ties.removeprefix('ties_')}")
        parts.append(item(run, "snapshot_date", "snapshot"))
        parts += [item(run, f"{it}_{ties}_score_{score}", f"{it}_{score}") for it in SCORES for score in range(1, 6)]
    return Plan(file, ("item",), tuple(parts))


def _churned(columns: list[str]) -> list[str]:
    """After how many days, as the oracle's columns say."""
    return [found[1] for it in columns if (found := re.fullmatch(r"churned_(\d+)", it))]


def cdnow(path: Path, columns: int) -> Ask:
    """Commands over a CDNOW file: the sample has five columns, the whole four."""
    mapping = "cdnow_sample" if columns == 5 else "cdnow_master"
    return lambda name, *words: kpi(name, {"deal": path}, mapping, *words)


def retail(path: Path) -> Ask:
    """Commands over a file of invoices; credit notes (C...) and totals that are not above zero are no purchases."""
    where = "{all: [{not: {field: invoice.number, starts_with: C}}, {field: invoice.amount, above: 0 GBP}]}"
    more = ("--option", "of=invoices", "--where", where)
    return lambda name, *words: kpi(name, {"invoice": path}, "retail", *words, *more)


def process(path: Path) -> Iterator[Plan]:
    """The plans of bpic2012/."""
    records: Mapping[str, Path] = {"deal": path}
    shown = {
        "entered": "entered",
        "left": "left",
        "still_in_or_terminal": "stayed",
        "median_ms": "median_ms",
        "sum_ms": "sum_ms",
        "mean_days": "mean_days",
    }
    stages = Part(kpi("gestation", records, "bpic", "--by", "stage"), ("subject",), shown)
    yield Plan("stage_gestation.csv", ("stage",), (stages,))
    people = Part(
        kpi("won_amount", records, "bpic", "--by", "deal.owner"),
        ("subject",),
        {"approved": "won", "amount_requested_sum": "value"},
    )
    yield Plan("approved_resource.csv", ("resource",), (people,))
