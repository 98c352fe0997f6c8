"""KPIs in words: what is measured, over which records, and what it has to reach."""

from fractions import Fraction

from accolade.programs.amount_words import amount_words
from accolade.programs.condition_tree import All, AnyOf, Condition, Test
from accolade.programs.condition_words import share
from accolade.programs.drafting.measures import option_words
from accolade.programs.rollout import condition as rollout_tree
from accolade.programs.rules import KpiUse, Milestone, Program
from accolade.programs.terms import Threshold
from accolade.texts import Texts
from accolade.texts.plain import plain


def kpi_name(use: KpiUse, texts: Texts, *, quota: bool = False) -> str:
    """`a close rate`, `a value of "Cycle time"`, `an attainment of the quota for "Won amount"`."""
    chosen = option_words(use.kpi)
    title = texts.t(use.kpi.title)
    if chosen:
        listed = ", ".join(f"{name} {value}" for name, value in chosen.items())
        title = f"{title} ({plain(listed.replace('_', ' '), limit=120)})"
    if quota:
        return texts.t('an attainment of the quota for "%(kpi)s"', kpi=title)
    known = {
        "won_count": texts.t("a number of won deals"),
        "closed_count": texts.t("a number of closed deals"),
        "won_amount": texts.t("a total of won amounts"),
        "close_rate": texts.t("a close rate"),
    }
    return known[use.name] if use.name in known and not chosen else texts.t('a value of "%(kpi)s"', kpi=title)


def step(milestone: Milestone, use: KpiUse, texts: Texts) -> str:
    """`every 5 won deals`, `every $10,000.00 of a total of won amounts`"""
    n = milestone.n or 1
    if use.name == "won_count":
        return texts.n("every won deal", "every %(count)s won deals", n)
    if use.name == "closed_count":
        return texts.n("every closed deal", "every %(count)s closed deals", n)
    amount = amount_words(n, use.kpi.unit, texts, currency=use.currency)
    return texts.t("every %(amount)s of %(kpi)s", amount=amount, kpi=kpi_name(use, texts))


def goal(milestone: Milestone, use: KpiUse, line: Threshold, texts: Texts, *, again: bool = False) -> str:
    """`a close rate of at least 70% over at least 20 deals`; said `again`, only how it differs: `one of at least 80%`."""
    name = texts.t("one") if again else kpi_name(use, texts, quota=milestone.quota)
    low, high = (_amount(milestone, use, bound, texts) for bound in (line.low, line.high))
    said = {
        "at_least": texts.t("%(kpi)s of at least %(low)s", kpi=name, low=low),
        "above": texts.t("%(kpi)s above %(low)s", kpi=name, low=low),
        "at_most": texts.t("%(kpi)s of at most %(high)s", kpi=name, high=high),
        "below": texts.t("%(kpi)s below %(high)s", kpi=name, high=high),
        "between": texts.t("%(kpi)s between %(low)s and %(high)s", kpi=name, low=low, high=high),
    }[line.operator]
    if line.operator == "at_least" and use.name == "won_count" and line.low is not None and not milestone.quota:
        said = texts.n("the first won deal", "%(count)s won deals", int(line.low))
    return said if again else sampled(milestone, said, texts)


def sampled(milestone: Milestone, said: str, texts: Texts) -> str:
    """What is asked, and over how many records at least."""
    least = milestone.min_sample
    if not least:
        return said
    if milestone.record == "deal":
        return texts.n("%(goal)s over at least %(count)s deal", "%(goal)s over at least %(count)s deals", least, goal=said)
    return texts.n("%(goal)s over at least %(count)s record", "%(goal)s over at least %(count)s records", least, goal=said)


def own_condition(tree: Condition | None, program: Program) -> Condition | None:
    """The milestone's own condition: the audience is said once, for the whole program."""
    audience = program.audience_tree
    if audience is None or tree is None:
        return tree
    if tree == audience:
        return None
    return tree.parts[1] if isinstance(tree, All) and tree.parts[0] == audience else tree


def where(use: KpiUse, program: Program) -> Condition | None:
    """What a KPI counts, without the audience and without the mark that tells types of records apart."""
    own = own_condition(use.tree, program)
    first = own.parts[0] if isinstance(own, AnyOf) and len(use.kpi.records) > 1 else None
    marked = isinstance(first, Test) and (first.field, first.operator) == (f"{use.record}.currency", "is_set")
    return own.parts[1] if isinstance(own, AnyOf) and marked else own


def audience(program: Program) -> Condition | None:
    """For whom the program is, apart from how far it is rolled out."""
    tree, rolled = program.audience_tree, _rolled_out(program)
    if rolled is None or tree is None:
        return tree
    if tree == rolled:
        return None
    return tree.parts[0] if isinstance(tree, All) and tree.parts[1:] == (rolled,) else tree


def _rolled_out(program: Program) -> Condition | None:
    return rollout_tree(program.id, program.rollout_percent, program.rollout_teams, zone=program.zone)


def _amount(milestone: Milestone, use: KpiUse, bound: object, texts: Texts) -> str:
    if not isinstance(bound, Fraction):
        return ""
    return share(bound, texts) if milestone.quota else amount_words(bound, use.kpi.unit, texts, currency=use.currency)
