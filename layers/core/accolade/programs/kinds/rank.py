"""Kind rank: when the period closes, the best of the audience share a pot or get prizes by their place."""

from dataclasses import replace
from typing import Any

from accolade import kpis
from accolade.kpis.port import Tally
from accolade.model.phrases import later as t
from accolade.programs.drafting import Draft, whole
from accolade.programs.drafting.calendars import period
from accolade.programs.drafting.extras import shares
from accolade.programs.drafting.finishing import finished
from accolade.programs.drafting.measures import kpi, kpi_use, measured
from accolade.programs.operands import Unreadable
from accolade.programs.periods import Calendar
from accolade.programs.problems import shown
from accolade.programs.rules import KpiUse, Milestone, Points
from accolade.programs.terms import Rank

MOST_PLACES = 1000
_POT = "pot: 1000 with shares: [50%, 30%, 20%], or prizes: [500, 300, 100]"


class RankKind:
    """Nobody's tally says anything by itself: `ranking.ranking` compares them when the period closes."""

    name = "rank"
    required = ("kpi", "period", "top")
    optional = ("where", "options", "min_sample", "pot", "shares", "prizes", "ties")

    def build(self, draft: Draft) -> Milestone | None:
        for key, mend in (
            ("points", t("Write %(pot)s", pot=_POT)),
            ("multipliers", t("Leave it out: the pot is shared as it is")),
        ):
            if draft.raw.get(key) is not None:
                draft.wrong(key, t("%(key)s is not for a rank, whose places say what they get", key=key), mend)
        measure, cut, top = kpi(draft), period(draft), draft.whole("top", most=MOST_PLACES, example=3)
        ties = self._ties(draft)
        rank = self._rank(draft, top, ties) if top else None
        if measure is None or cut is None or rank is None:
            return None
        use = kpi_use(draft, measure, cut, facts="earlier" in ties)
        begun = draft.milestone(self.name, measure.record, Points(), self)
        made: dict[str, Any] = {
            **measured(begun, use),
            "rank": rank,
            "min_sample": draft.whole("min_sample", example=20) or 0,
            "tie_uses": self._breakers(draft, cut, ties),
        }
        return finished(draft, replace(begun, **made))

    def level(self, milestone: Milestone, tally: Tally) -> int:
        """0: a place is only known among all the others."""
        return 0

    def points(self, milestone: Milestone, tally: Tally) -> int:
        """0, likewise."""
        return 0

    def progress(self, milestone: Milestone, tally: Tally) -> tuple[int, int] | None:
        """None, likewise."""
        return None

    def _rank(self, draft: Draft, top: int, ties: tuple[str, ...]) -> Rank | None:
        raw = draft.raw
        if (raw.get("pot") is None) == (raw.get("prizes") is None):
            draft.wrong("", t("a rank has either a pot with shares, or prizes by place"), t("Write %(pot)s", pot=_POT))
            return None
        if raw.get("prizes") is not None:
            worth = self._prizes(draft)
            for_prizes = raw.get("shares") is None
            if not for_prizes:
                draft.wrong("shares", t("shares are of a pot, and there is none"), t("Leave them out"))
            return Rank(top, prizes=worth, ties=ties) if self._fits(draft, "prizes", len(worth), top) else None
        pot = draft.whole("pot", example=1000)
        if raw.get("shares") is None:
            draft.wrong("", t("the pot does not say how it is shared"), t("Write shares: [50%, 30%, 20%]"))
            return None
        parts = shares(draft, "shares", "shares: [50%, 30%, 20%]", most=MOST_PLACES)
        fits = self._fits(draft, "shares", len(parts), top)
        return Rank(top, pot, parts, ties=ties) if pot and fits else None

    def _prizes(self, draft: Draft) -> tuple[int, ...]:
        found: list[int] = []
        for i, raw in enumerate(draft.listed("prizes", most=MOST_PLACES, example="prizes: [500, 300, 100]")):
            try:
                found.append(whole(raw, "prizes", least=1))
            except Unreadable as error:
                draft.findings.add((*draft.path, "prizes", i), error.what, t("Write it like prizes: [500, 300, 100]"))
                return ()
        return tuple(found)

    def _fits(self, draft: Draft, key: str, count: int, top: int) -> bool:
        if count and count != top:
            draft.wrong(
                key,
                t("%(key)s names %(count)s places, and the rank has %(top)s", key=key, count=count, top=top),
                t("Name one for each place"),
            )
        return count == top

    def _ties(self, draft: Draft) -> tuple[str, ...]:
        known = ("earlier", "name", "share", *kpis.names())
        found = []
        for i, rule in enumerate(draft.listed("ties", most=6, example="ties: [earlier, name]")):
            if isinstance(rule, str) and rule in known and rule not in found:
                found.append(rule)
                continue
            mend = draft.findings.meant(rule, known, t("Use earlier, name, share, or a KPI"))
            draft.findings.add((*draft.path, "ties", i), t("%(rule)s is not what breaks a tie", rule=shown(rule)), mend)
        if "name" in found and "share" in found:
            draft.wrong("ties", t("names are never equal, so there is nothing left to share"), t("Leave out name, or share"))
        return tuple(found) or ("earlier", "name")

    def _breakers(self, draft: Draft, cut: Calendar, ties: tuple[str, ...]) -> tuple[KpiUse, ...]:
        """The KPIs that break ties, with their own defaults, over the same records."""
        named = [kpis.kpi(rule) for rule in ties if rule not in ("earlier", "name", "share")]
        main = draft.raw.get("kpi")
        for measure in named:
            if measure.record != (kpis.kpi(str(main)).record if main in kpis.names() else measure.record):
                draft.wrong(
                    "ties", t("%(measure)s is about other records", measure=measure.name), t("Use a KPI of the same records")
                )
        return tuple(kpi_use(draft, measure, cut) for measure in named)


KIND = RankKind()
