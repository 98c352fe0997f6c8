"""Product breadth: how many different products, or product families, were won."""

from collections.abc import Iterable, Mapping

from accolade.kpis.port import Kpi, Moment, Option, Tally, Values, on_day


class ProductBreadth(Kpi):
    """Distinct products (or families) among the won deals, of an account or of whoever won them."""

    name = "product_breadth"
    title = "Different products won"
    unit = "records"
    natures = ("quantitative", "output", "lagging", "outcome")
    earners = ("sales", "success", "dealer")
    reads = ("deal.stage", "deal.product", "deal.product_family", "product.family", "product.series")
    folded = True
    about = "product"
    options = {"of": Option("products", ("products", "families"), "what is told apart")}

    def moments(self, values: Values) -> Iterable[Moment]:
        on, product = on_day(values, self.dated_by), values.get("deal.product")
        if on and product and values.get("deal.stage") == "won":
            yield Moment(on, {"won": 1}, f"{family_of(values).replace('/', ' ')}/{product}")

    def value(self, tally: Tally) -> int:
        return len(_products(tally) if self.chosen["of"] == "products" else _families(tally))

    def sample(self, tally: Tally) -> int:
        return len(tally.within())

    def columns(self, tally: Tally) -> Mapping[str, object]:
        products, families = len(_products(tally)), len(_families(tally))
        return {
            "products": products,
            "families": families,
            "several_products": int(products > 1),
            "several_families": int(families > 1),
        }


def family_of(values: Values) -> str:
    """The product family of a deal: its own word, else its product's family or series; empty if nobody says."""
    for name in ("deal.product_family", "product.family", "product.series"):
        if values.get(name):
            return str(values[name])
    return ""


def _products(tally: Tally) -> set[str]:
    return {it.about.partition("/")[2] for it in tally.within()}


def _families(tally: Tally) -> set[str]:
    return {it.about.partition("/")[0] for it in tally.within()} - {""}


KPI = ProductBreadth
