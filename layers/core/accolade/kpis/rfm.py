"""RFM: how recently, how often and for how much accounts bought, as scores from 1 to 5 against each other."""

from collections.abc import Iterable, Mapping
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
        recency = {
            (subject, it.account): (tally.end - it.last).days for subject, tally in tallies.items() for it in bought[subject]
        }
        everybody = {f"{account}\0{subject}": (subject, account) for subject, account in recency}
        known = {(subject, it.account): it for subject, them in bought.items() for it in them}
        ties = self.chosen["ties"]
        by_part = {
            "R": scores({key: recency[who] for key, who in everybody.items()}, ties=ties, higher_is_better=False),
            "F": scores({key: known[who].purchases for key, who in everybody.items()}, ties=ties),
            "M": scores({key: known[who].revenue for key, who in everybody.items()}, ties=ties),
        }
        found = {who: tuple(by_part[part][key] for part in _PARTS) for key, who in everybody.items()}
        return {
            subject: _shown([found[subject, it.account] for it in them], them, tallies[subject].end, self.chosen["show"])
            for subject, them in bought.items()
        }


def _shown(
    scored: list[tuple[int, ...]], them: list[Bought], snapshot: date, show: str
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
