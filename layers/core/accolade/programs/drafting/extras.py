"""What changes an award, as an author writes it: shares of several people, multipliers, guards against play with the rules."""

from collections.abc import Mapping
from fractions import Fraction

from accolade.model.fields import FieldType
from accolade.model.phrases import later as t
from accolade.programs import operands
from accolade.programs.drafting import Draft, own_condition, predicate
from accolade.programs.drafting.calendars import optional_period
from accolade.programs.operands import Unreadable
from accolade.programs.periods import Calendar, calendar
from accolade.programs.problems import shown
from accolade.programs.signals import EFFECTS, SIGNALS
from accolade.programs.terms import Guard, Multiplier, Split

SHARERS = ("owner", "manager", "team")
MOST_SHARERS, MOST_MULTIPLIERS, MOST_GUARDS = 10, 10, 10
_SPLITS = t("Write it like splits: {owner: 70%, manager: 20%, deal.engineer: 10%}")
_MULTIPLIER = "{times: 1.5, when: {field: participant.tenure_days, below: 90}}"
_GUARD = "{signal: back_dated_close, above: 3, effect: review}"


def splits(draft: Draft, record: str) -> tuple[Split, ...]:
    """Who shares a record award: shares sum to 100 %, each to the owner, their manager, their team, or a user of the record."""
    raw = draft.raw.get("splits")
    if raw is None:
        return ()
    if not isinstance(raw, Mapping) or not 1 <= len(raw) <= MOST_SHARERS:
        draft.wrong("splits", t("splits names 1 to %(most)s people with their shares", most=MOST_SHARERS), _SPLITS)
        return ()
    part = draft.at(raw, "splits")
    users = {name for name, type_ in draft.head.catalogue.fields(record).items() if type_ is FieldType.USER}
    users = {name for name in users if name.startswith(f"{record}.") and name != f"{record}.owner"}
    # In an order of its own: the stored form sorts what the author wrote.
    asked = sorted(map(str, raw), key=lambda to: (SHARERS.index(to) if to in SHARERS else len(SHARERS), to))
    found = [split for to in asked if (split := _split(part, to, sorted(users)))]
    total = sum((split.share for split in found), Fraction(0))
    if len(found) == len(raw) and total != 1:
        draft.wrong("splits", t("the shares sum to %(total)s, not to 100%%", total=percent(total)), t("Change one of them"))
    return tuple(found)


def multipliers(draft: Draft, record: str | None) -> tuple[Multiplier, ...]:
    """What points are multiplied by, and when (`record` None: it may only depend on the person)."""
    found = []
    for i, raw in enumerate(draft.listed("multipliers", most=MOST_MULTIPLIERS, example=f"multipliers: [{_MULTIPLIER}]")):
        part = draft.at(raw, "multipliers", i)
        if not part.known(("times", "when"), of=t("a multiplier"), example=t("Write it like %(example)s", example=_MULTIPLIER)):
            continue
        times, tree = _times(part), own_condition(part, "when", record)
        if part.raw.get("when") is None:
            part.wrong("", t("the multiplier does not say when it counts"), t("Write it like %(example)s", example=_MULTIPLIER))
        test = predicate(tree)
        if times is not None and tree is not None and test is not None:
            found.append(Multiplier(times, test, tree, operands.written(part.raw["times"])))
    return tuple(found)


def guards(draft: Draft, record: str) -> tuple[Guard, ...]:
    """The anti-gaming signals that are watched."""
    found = []
    for i, raw in enumerate(draft.listed("guards", most=MOST_GUARDS, example=f"guards: [{_GUARD}]")):
        part = draft.at(raw, "guards", i)
        keys = ("signal", "above", "effect", "points", "days", "period", "under")
        if part.known(keys, of=t("a guard"), example=t("Write it like %(example)s", example=_GUARD)) and (
            guard := _guard(part, record)
        ):
            found.append(guard)
    return tuple(found)


def percent(share: Fraction) -> str:
    """A share for an author: `90%`, `33.3%`."""
    return f"{share * 100:.4g}%"


def shares(part: Draft, key: str, example: str, *, most: int) -> tuple[Fraction, ...]:
    """A list of shares that sum to 100 %; empty if the key is absent or wrong."""
    found = []
    for i, raw in enumerate(part.listed(key, most=most, example=example)):
        try:
            found.append(_share(raw, key))
        except Unreadable as error:
            part.findings.add((*part.path, key, i), error.what, error.mend)
            return ()
    if found and sum(found) != 1:
        part.wrong(
            key, t("the shares sum to %(total)s, not to 100%%", total=percent(sum(found, Fraction(0)))), t("Change one of them")
        )
    return tuple(found)


def _share(raw: object, name: str) -> Fraction:
    found = operands.share(raw, name)
    if not 0 < found <= 1:
        raise Unreadable(t("%(raw)s is not a share between 0%% and 100%%", raw=shown(raw)), t("Write it like 20%"))
    return found


def _split(part: Draft, to: str, users: list[str]) -> Split | None:
    if to not in SHARERS and to not in users:
        mend = part.findings.meant(to, (*SHARERS, *users), t("Use %(names)s", names=", ".join((*SHARERS, *users))))
        part.wrong(shown(to), t("%(to)s is nobody who can share", to=shown(to)), mend)
        return None
    try:
        return Split(to, _share(part.raw[to], to))
    except Unreadable as error:
        part.wrong(to, error.what, error.mend)
        return None


def _times(part: Draft) -> Fraction | None:
    raw = part.raw.get("times")
    try:
        times = Fraction(operands.number(raw, "times"))
    except Unreadable:
        times = Fraction(0)
    if not 0 < times <= 100:
        part.wrong("times", t("%(raw)s is not a factor between 0 and 100", raw=shown(raw)), t("Write it like times: 1.5"))
        return None
    return times


def _guard(part: Draft, record: str) -> Guard | None:
    name = part.raw.get("signal")
    able = [it for it, signal in SIGNALS.items() if record in signal.records]
    if not isinstance(name, str) or name not in SIGNALS:
        part.wrong(
            "signal",
            t("%(name)s is not a signal", name=shown(name)),
            part.findings.meant(name, SIGNALS, t("There are %(names)s", names=", ".join(able))),
        )
        return None
    if name not in able:
        part.wrong(
            "signal",
            t("%(name)s says nothing about records of type %(record)s", name=name, record=record),
            t("Use %(names)s", names=", ".join(able)),
        )
        return None
    effect = part.choice("effect", EFFECTS, "review", noun=t("an effect of a guard"))
    points, days = part.whole("points", least=0), part.days("days", example="14 days")
    for key, of in (("points", "cap"), ("days", "hold")):
        if (effect == of) != (part.raw.get(key) is not None):
            what = (
                t("a guard that %(of)ss says %(key)s", of=of, key=key)
                if effect == of
                else t("%(key)s is for guards that %(of)s", key=key, of=of)
            )
            part.wrong(
                key if effect != of else "",
                what,
                t("Write it like {signal: discount_depth, above: 20, effect: hold, days: 30 days}"),
            )
            return None
    above = part.whole("above", least=0, most=10**6, example=3) or 0
    return Guard(name, effect, above, points or 0, days or 0, _watched(part, name), _under(part, name))


def _watched(part: Draft, signal: str) -> Calendar | None:
    """The calendar whose ends are watched: quarters, unless the guard says otherwise."""
    if signal != "period_end_pull_forward":
        _only(part, "period", "period_end_pull_forward")
        return None
    if part.raw.get("period") is not None:
        return optional_period(part)
    try:
        return calendar("quarter", zone=part.head.zone, fiscal_start=part.head.fiscal_start)
    except (ValueError, TypeError):
        return None  # the zone or the month is wrong, and the document's shape has said so


def _under(part: Draft, signal: str) -> int | None:
    if signal != "split_under_threshold":
        _only(part, "under", "split_under_threshold")
        return None
    raw = part.raw.get("under")
    try:
        return None if raw is None else operands.money(raw, "under", part.head.currency)
    except Unreadable as error:
        part.wrong("under", error.what, error.mend)
        return None


def _only(part: Draft, key: str, signal: str) -> None:
    if part.raw.get(key) is not None:
        part.wrong(key, t("%(key)s is for the signal %(signal)s", key=key, signal=signal), t("Leave it out"))
