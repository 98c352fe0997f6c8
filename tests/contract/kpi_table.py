"""docs/kpis.md, from what the KPIs say of themselves: `python -m tests.contract.kpi_table` writes it."""

from inspect import cleandoc
from pathlib import Path

from accolade import kpis
from accolade.kpis import Kpi

PAGE = Path(__file__).parents[2] / "docs" / "kpis.md"

HEAD = """# KPIs

Every KPI that a milestone may name, by group. This page is made from the code (`python -m tests.contract.kpi_table`), and a
test fails when it is not what the code says.

- A record adds whole numbers on a day, and takes them back when it changes. Values are exact: whole numbers and fractions,
  rounded only when they are shown. Medians are the mean of the two middle values for an even count; p90 is the nearest rank.
- **Undefined** is a value of its own and never 0: whoever has no closed deal has no close rate, and nothing is paid for it.
- Money is counted in the program's currency only; what is in another waits for a rate.
- `where` of a milestone asks about the first record named. Days are those of the connection's time zone; where only an
  instant is known, of UTC.
- *Steps*: may be counted by `kind: every`. *Looks back*: needs what was before the period, so `maintain` settles it.
  *Teams*: only teams, regions and the company may be rewarded for it.
- What counts on a day still to come (a subscriber after 30 days, the planned end of a subscription) is best paid with
  `evaluate: at_close`.
"""


def table() -> str:
    """The page."""
    every = [kpis.kpi(name) for name in kpis.names()]
    groups: dict[str, list[Kpi]] = {}
    for kpi in every:
        groups.setdefault(kpi.group, []).append(kpi)
    sections = [_section(name, groups[name]) for name in sorted(groups)]
    return "\n".join([HEAD, *sections])


def _section(group: str, found: list[Kpi]) -> str:
    head = "| KPI | formula | unit | better | natures | who earns | reads | options |\n|---|---|---|---|---|---|---|---|\n"
    return f"## {group.capitalize()}\n\n{head}" + "".join(_row(kpi) for kpi in found)


def _row(kpi: Kpi) -> str:
    traits = {"steps": kpi.additive, "looks back": kpi.looks_back, "teams": not kpi.people}
    marks = ", ".join(name for name, holds in traits.items() if holds)
    unit = kpi.unit.replace("_", " ")
    cells = [
        f"`{kpi.name}` {kpi.title}" + (f" ({marks})" if marks else ""),
        " ".join(cleandoc(type(kpi).__doc__ or "").split()),
        unit,
        kpi.better,
        ", ".join(kpi.natures),
        ", ".join(kpi.earners),
        f"{', '.join(kpi.records)}: " + ", ".join(f"`{name}`" for name in dict.fromkeys([*kpi.reads, kpi.dated_by])),
        "<br>".join(_option(name, kpi) for name in kpi.options) or "-",
    ]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def _option(name: str, kpi: Kpi) -> str:
    option = kpi.options[name]
    choices = ", ".join(option.values) or ("fields" if option.fields else "a whole number from 1")
    default = f"; otherwise {option.default}" if option.default else ""
    return f"`{name}`: {choices}{default}" + (f" ({option.says})" if option.says else "")


if __name__ == "__main__":
    PAGE.write_text(table(), encoding="utf-8")
