"""RFM: how recently, how often and for how much accounts bought, as scores from 1 to 5 against each other."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction

from accolade.kpis.folds import mean
from accolade.kpis.port import Option, Tally, Value
from accolade.kpis.purchases import OF, Bought, Purchases, accounts
from accolade.kpis.scores import TIES, bucket, scores, segment

_PARTS = "RFM"


class Rfm(Purchases):
    """R + F + M of an account, 3 to 15; of several accounts their mean. Undefined where nobody bought.

    Recency is counted in calendar days from the last purchase to the end of the period (the snapshot day); score =
    1 + floor(5 * #strictly worse / N) for ties `down`. Accounts of every subject are scored against each other.
    """

    name = "rfm"
    title = "Recency, frequency and monetary value"
    unit = "points"
    options = {
        "of": OF,
        "ties": Option("down", TIES, "what equal accounts get"),
        "show": Option("scores", ("scores", "spread"), "what stands beside the value: scores, or how many accounts have each"),
    }

    def value(self, tally: Tally) -> Value:
        return self.together({"": tally})[""][0]

    def columns(self, tally: Tally) -> Mapping[str, object]:
        return self.together({"": tally})[""][1]

    def together(self, tallies: Mapping[str, Tally]) -> Mapping[str, tuple[Value, Mapping[str, object]]]:
        """The accounts of every subject, scored against all of them."""
        bought = {subject: accounts(tally) for subject, tally in tallies.items()}
        found = rated(
            {
                f"{it.account}\0{subject}": ((tallies[subject].end - it.last).days, it.purchases, it.revenue)
                for subject, them in bought.items()
                for it in them
            },
            ties=self.chosen["ties"],
        )
        return {
            subject: _shown([found[f"{it.account}\0{subject}"] for it in them], them, tallies[subject].end, self.chosen["show"])
            for subject, them in bought.items()
        }


def rated(bought: Mapping[str, tuple[int, int, int]], *, ties: str = "down") -> dict[str, tuple[int, int, int]]:
    """(R, F, M) from 1 to 5 of each, from its (days since the last purchase, purchases, revenue), against all the others."""
    recency = scores({key: days for key, (days, _, _) in bought.items()}, ties=ties, higher_is_better=False)
    frequency = scores({key: purchases for key, (_, purchases, _) in bought.items()}, ties=ties)
    monetary = scores({key: revenue for key, (_, _, revenue) in bought.items()}, ties=ties)
    return {key: (recency[key], frequency[key], monetary[key]) for key in bought}


def _shown(
    scored: Sequence[tuple[int, ...]], them: list[Bought], snapshot: date, show: str
) -> tuple[Fraction | None, Mapping[str, object]]:
    value = mean(sum(it) for it in scored)
    if show == "spread":
        counted = {"snapshot": snapshot, "accounts": len(them), "purchases": sum(it.purchases for it in them)}
        return value, counted | _spread(scored)
    if len(them) != 1:
        return value, {"accounts": len(them), "purchases": sum(it.purchases for it in them)}
    one, (r, f, m) = them[0], scored[0]
    name = segment(r, f, m)
    return value, {
        "accounts": 1,
        "purchases": one.purchases,
        "amount": one.revenue,
        "purchase_days": one.days,
        "first": one.first,
        "last": one.last,
        "span_days": one.span,
        "recency_days": (snapshot - one.last).days,
        "R": r,
        "F": f,
        "M": m,
        "segment": name,
        "priority": bucket(name),
    }


def _spread(scored: Iterable[tuple[int, ...]]) -> dict[str, object]:
    """How many accounts have which score."""
    known = list(scored)
    return {
        f"{part}_{score}": sum(1 for it in known if it[place] == score)
        for place, part in enumerate(_PARTS)
        for score in range(1, 6)
    }


KPI = Rfm
