"""Which command answers which oracle file of the Maven data, and which of its columns is which of theirs."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from tables import Part, Plan, Run

HERE = Path(__file__).resolve().parent
EVERYBODY = "ALL"
KINDS = ("first", "repeat", "upsell", "cross_sell")
LEADERS = 10


def kpi(name: str, records: Mapping[str, Path], mapping: str, *words: str) -> Run:
    """`accolade kpi NAME` over these files, with further words."""
    files = [word for type_, path in records.items() for word in ("--records", f"{type_}={path}")]
    return Run(("kpi", name, *files, "--mapping", str(HERE / "mappings" / f"{mapping}.yaml"), *words))


class Maven:
    """The plans of maven/: `data` holds the four files of the export."""

    def __init__(self, data: Path) -> None:
        self.deals = {"deal": data / "sales_pipeline.csv"}
        self.teams = self.deals | {"participant": data / "sales_teams.csv"}
        self.products = self.deals | {"product": data / "products.csv"}
        self.accounts = self.deals | {"account": data / "accounts.csv"}

    def plans(self, columns: Mapping[str, list[str]]) -> Iterator[Plan]:
        """Every plan; `columns`: oracle file -> its header, in which some say what they were computed with."""
        yield self._win_rate()
        for subject, by in (("agent", "participant"), ("manager", "manager"), ("region", "region")):
            yield self._revenue(subject, by)
        yield from self._cycles()
        yield self._by_month()
        yield self._streak()
        yield self._leaderboard("revenue", "won_amount", "won_count")
        yield self._leaderboard("won", "won_count", "won_amount")
        yield self._account_value(columns.get("account_value.csv", []))
        yield from self._sales()
        yield self._attainment()
        yield self._lead_velocity()
        yield from Milestones(self.deals).plans()

    def _kpi(self, name: str, *words: str, of: Mapping[str, Path] | None = None) -> Run:
        return kpi(name, of or self.deals, "maven", *words)

    def _win_rate(self) -> Plan:
        run = self._kpi("close_rate", "--by", "participant", "--period", "quarter")
        shown = {"won": "won", "lost": "lost", "closed": "closed", "win_rate": "value"}
        return Plan("win_rate_agent_quarter.csv", ("sales_agent", "quarter"), (Part(run, ("subject", "period"), shown),))

    def _revenue(self, subject: str, by: str) -> Plan:
        shown = {"won_deals": "won", "revenue": "value"}
        runs = [self._kpi("won_amount", "--by", by, "--period", it, of=self.teams) for it in ("quarter", "all")]
        parts = tuple(Part(run, ("subject", "period"), shown) for run in runs)
        return Plan(f"revenue_{subject}_quarter.csv", ("name", "quarter"), parts, missing={"won_deals": "0"})

    def _cycles(self) -> Iterator[Plan]:
        figures = {"n": "count", "median_days": "median", "mean_days": "mean", "min": "least", "max": "most"}

        def shown(ended: str, *names: str) -> dict[str, str]:
            return {f"{ended}_{name}": figures[name] for name in names}

        def run(by: str, ended: str) -> Run:
            return self._kpi("cycle_time", "--by", by, "--option", f"ended={ended}")

        parts = []
        for by in ("participant", "none"):
            parts.append(Part(run(by, "won"), ("subject",), shown("won", *figures)))
            parts.append(Part(run(by, "closed"), ("subject",), shown("closed", "n", "median_days", "mean_days")))
        yield Plan("cycle_days_agent.csv", ("sales_agent",), tuple(parts))
        of_product = [Part(run("deal.product", it), ("subject",), shown(it, "n", "median_days")) for it in ("won", "lost")]
        yield Plan("cycle_days_product.csv", ("product",), tuple(of_product), missing={"won_n": "0", "lost_n": "0"})

    def _by_month(self) -> Plan:
        run = self._kpi("won_count", "--by", "participant", "--period", "month")
        part = Part(run, ("subject", "period"), {"won_deals": "value"})
        return Plan("won_deals_agent_month.csv", ("sales_agent", "month"), (part,))

    def _streak(self) -> Plan:
        shown = {
            "longest_streak": "value",
            "first_opportunity": "first_record",
            "first_close_date": "first",
            "last_opportunity": "last_record",
            "last_close_date": "last",
        }
        run = self._kpi("win_streak", "--by", "participant")
        return Plan("win_streak_agent.csv", ("sales_agent",), (Part(run, ("subject",), shown),))

    def _leaderboard(self, name: str, by: str, ties: str) -> Plan:
        words = ("--by", "participant", "--top", str(LEADERS), "--ties", f"{ties},name", "--period")
        figures = {"revenue": "value", "won_deals": ties} if by == "won_amount" else {"won_deals": "value", "revenue": ties}
        shown = {"competition_rank": "rank", "sales_agent": "subject"} | figures
        parts = tuple(Part(self._kpi(by, *words, it), ("period", "position"), shown) for it in ("quarter", "all"))
        return Plan(f"leaderboard_{name}_quarter.csv", ("quarter", "position"), parts)

    def _account_value(self, columns: list[str]) -> Plan:
        since = next((it for it in columns if it.startswith("days_since_last_won_at_")), "")
        as_of = re.sub(r"\D+(\d{4})_(\d\d)_(\d\d)$", r"\1-\2-\3", since)
        day = ("--as-of", as_of) if as_of else ()
        bought = {
            "revenue": "amount",
            "first_won": "first",
            "last_won": "last",
            "active_span_days": "span_days",
            "clv_per_active_day": "value",
            since: "days_since_last",
        }
        broad = {
            "distinct_products_won": "products",
            "distinct_series_won": "families",
            "multi_product": "several_products",
            "multi_series": "several_families",
        }
        files = self.accounts | self.products
        parts = (
            Part(self._kpi("close_rate", "--by", "account", of=files), ("subject",), {"won_deals": "won", "lost_deals": "lost"}),
            Part(self._kpi("product_breadth", "--by", "account", of=files), ("subject",), broad),
            Part(self._kpi("clv_run_rate", "--by", "account", *day, of=files), ("subject",), bought),
        )
        return Plan("account_value.csv", ("account",), parts)

    def _sales(self) -> Iterator[Plan]:
        shown = {
            "sales_agent": "deal.owner",
            "account": "deal.account",
            "product": "deal.product",
            "close_date": "deal.close_date",
            "kind": "deal.sale_kind",
        }
        new = "{field: deal.sale_kind, in: [first, upsell, cross_sell]}"
        run = self._kpi("won_count", "--by", "record", "--where", new, "--show", ",".join(shown.values()), of=self.products)
        yield Plan("upsell_cross_sell_events.csv", ("opportunity_id",), (Part(run, ("subject",), shown),))
        parts = []
        for by in ("participant", "none"):
            for kind in KINDS:
                where = ("--by", by, "--where", f"{{field: deal.sale_kind, is: {kind}}}")
                run = self._kpi("won_amount", *where, of=self.products)
                parts.append(Part(run, ("subject",), {f"{kind}_deals": "won", f"{kind}_revenue": "value"}))
        # Where nothing at all is of a kind, there is no column for it either.
        none = {f"{kind}_deals": "0" for kind in KINDS}
        yield Plan("upsell_cross_sell_agent.csv", ("sales_agent",), tuple(parts), missing=none)

    def _attainment(self) -> Plan:
        sums = {
            "won_deals": "won",
            "sum_close_value": "amount",
            "sum_list_price": "list_price",
            "ratio_of_sums": "value",
            "deals_at_or_above_list": "at_list_price",
        }
        parts = []
        for by in ("participant", "none"):
            for of, shown in (("sums", sums), ("each", {"mean_of_ratios": "value"})):
                run = self._kpi("list_price_attainment", "--by", by, "--option", f"of={of}", of=self.products)
                parts.append(Part(run, ("subject",), shown))
        return Plan("list_price_attainment_agent.csv", ("sales_agent",), tuple(parts))

    def _lead_velocity(self) -> Plan:
        run = self._kpi("lead_velocity", "--by", "none", "--period", "month", "--option", "of=opened")
        part = Part(run, ("period",), {"opportunities_engaged": "count", "growth_vs_previous_month": "value"})
        return Plan("lead_velocity_month.csv", ("month",), (part,))


class Milestones:
    """The plans of what programs pay: the back-test's awards, which the product's own decisions give."""

    def __init__(self, deals: Mapping[str, Path]) -> None:
        self._deals = deals
        words = ("simulate", str(HERE / "milestones.yaml"), "--records", f"deal={deals['deal']}", "--mapping")
        self._words = (*words, str(HERE / "mappings" / "maven.yaml"))

    def plans(self) -> Iterator[Plan]:
        """Every plan of a milestone."""
        yield self._every_fifth()
        yield self._first_big()
        yield self._rate()
        yield self._fast()
        yield self._weeks()
        yield self._totals()

    def _awards(
        self, milestone: str, key: tuple[str, ...], columns: Mapping[str, str], *, rise: bool = False, **more: bool
    ) -> Part:
        run = Run(self._words, "awards.csv")
        return Part(run, key, columns, only={"milestone": milestone}, rise="level" if rise else "", **more)

    def _kpi(self, name: str, *words: str) -> Run:
        return kpi(name, self._deals, "maven", *words)

    def _every_fifth(self) -> Plan:
        key = ("name", "period", "record", "date")
        parts = (
            self._awards("every-fifth-win", key, {"hit_number": "level"}),
            self._awards("every-win", key, {"won_count": "level"}, lists=False),
        )
        return Plan("milestone_every_5th_won_events.csv", ("sales_agent", "quarter", "opportunity_id", "close_date"), parts)

    def _first_big(self) -> Plan:
        record = self._awards(
            "first-big-deal", ("name",), {"hit": "level", "opportunity_id": "record", "close_date": "date"}, rise=True
        )
        amounts = self._kpi("won_amount", "--by", "record")
        parts = (
            Part(self._kpi("closed_count", "--by", "participant"), ("subject",), {}),
            record,
            Part(amounts, ("subject",), {"close_value": "value"}, through="opportunity_id"),
        )
        missing = {"hit": "0", "opportunity_id": "", "close_date": "", "close_value": ""}
        return Plan("milestone_first_deal_over_5000.csv", ("sales_agent",), parts, missing=missing)

    def _rate(self) -> Plan:
        key = ("name", "period")
        rates = self._kpi("close_rate", "--by", "participant", "--period", "quarter")
        deal = {"hit_ever_after_each_deal": "level", "first_hit_opportunity": "record", "first_hit_date": "date"}
        parts = (
            Part(rates, ("subject", "period"), {"won": "won", "closed": "closed"}),
            self._awards("rate-at-the-end", key, {"hit_at_quarter_end": "level"}),
            self._awards("rate-ever", key, deal, rise=True),
            self._awards("rate-at-a-days-end", key, {"hit_ever_at_day_end": "level", "first_hit_day": "date"}, rise=True),
        )
        missing = dict.fromkeys(("hit_at_quarter_end", "hit_ever_after_each_deal", "hit_ever_at_day_end"), "0")
        missing |= dict.fromkeys(("first_hit_opportunity", "first_hit_date", "first_hit_day"), "")
        return Plan("milestone_win_rate_70_min20.csv", ("sales_agent", "quarter"), parts, missing=missing)

    def _fast(self) -> Plan:
        listed = Part(self._kpi("won_count", "--by", "participant", "--period", "quarter"), ("subject", "period"), {})
        parts = (listed, self._awards("fast-wins", ("name", "period"), {"hits": "level"}))
        return Plan("milestone_cycle_under_14_days.csv", ("sales_agent", "quarter"), parts, missing={"hits": "0"})

    def _weeks(self) -> Plan:
        shown = {
            "weeks_with_a_won_deal": "with_a_win",
            "longest_streak_weeks": "longest",
            "streak_first_monday": "first",
            "streak_last_monday": "last",
            "maximal_runs": "runs",
        }
        parts = (
            Part(self._kpi("weekly_streak", "--by", "participant"), ("subject",), shown),
            self._awards("four-weeks", ("name",), {"hits_every_4_weeks": "level"}),
        )
        return Plan("milestone_weekly_streak.csv", ("sales_agent",), parts, missing={"hits_every_4_weeks": "0"})

    def _totals(self) -> Plan:
        run = Run(self._words, "result.json")
        parts = [Part(run, (), {"hits": "awards"}, only={"id": id_}, named={0: name}) for name, id_ in TOTALS.items()]
        return Plan("milestone_totals.csv", ("milestone",), tuple(parts))


TOTALS = {
    "every 5th won deal in a quarter by a rep": "every-fifth-win",
    "first deal > 5000 (reps)": "first-big-deal",
    "win rate >=70% & >=20 closed, state at quarter end": "rate-at-the-end",
    "same, ever true after any single deal": "rate-ever",
    "same, ever true at a day end": "rate-at-a-days-end",
    "won deals with cycle < 14 days": "fast-win",
    "weekly streak: completed blocks of 4 consecutive weeks": "four-weeks",
}
"""What the oracle calls a milestone, and its id."""
