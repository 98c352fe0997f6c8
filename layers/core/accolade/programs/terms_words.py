"""The terms of a document in words: what each key is called by people, and how what is written under it reads."""

from collections.abc import Mapping
from decimal import Decimal

from accolade.texts import Texts
from accolade.texts.plain import plain

LONGEST = 160
"""Characters of a term at most."""


def term_name(key: str, texts: Texts) -> str:
    """What people call a key of a document; a key without a name of its own as it is written."""
    return _of_programs(texts).get(key) or _of_milestones(texts).get(key) or plain(key.replace("_", " "), limit=40)


def worded(value: object, texts: Texts) -> str:
    """What is written under a key, in one line: `30 days`, `owner 70%, manager 20%`, `yes`."""
    return plain(_worded(value, texts), limit=LONGEST)


def _worded(value: object, texts: Texts) -> str:
    if isinstance(value, bool):
        return texts.t("yes") if value else texts.t("no")
    if isinstance(value, int):
        return texts.number(value)
    if isinstance(value, Decimal):
        return texts.decimal(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{str(key).replace('_', ' ')} {_worded(it, texts)}" for key, it in value.items())
    if isinstance(value, list | tuple):
        parts = (f"({_worded(it, texts)})" if isinstance(it, Mapping) else _worded(it, texts) for it in value)
        return f" {texts.t('and')} ".join(parts)
    return str(value).replace("_", " ")


def _of_programs(texts: Texts) -> dict[str, str]:
    return {
        "time_zone": texts.t("The time zone"),
        "fiscal_year_start": texts.t("The first month of the year"),
        "unit": texts.t("The name of the points"),
        "point_value": texts.t("The worth of a point"),
        "currency": texts.t("The currency"),
        "audience": texts.t("For whom it is"),
        "silent_after": texts.t("The age from which it pays without a message"),
        "debt_limit": texts.t("The most that may be owed"),
        "department": texts.t("The department"),
        "rollout": texts.t("To whom it is rolled out"),
        "backlog": texts.t("What was before it went live"),
        "expires": texts.t("When points expire"),
    }


def _of_milestones(texts: Texts) -> dict[str, str]:
    return {
        "kpi": texts.t("what is measured"),
        "options": texts.t("how it is measured"),
        "period": texts.t("the period"),
        "record": texts.t("the kind of record"),
        "credit": texts.t("whom a record counts for"),
        "evaluate": texts.t("when it is decided"),
        "closes_after": texts.t("the time for what comes late"),
        "subject": texts.t("who reaches it together"),
        "sharing": texts.t("how it is shared"),
        "keep": texts.t("how long it is kept"),
        "reached": texts.t("when it counts as reached"),
        "dated_by": texts.t("the date that counts"),
        "hold": texts.t("how long points stay pending"),
        "caps": texts.t("the limit"),
        "daily_cap": texts.t("the limit a day"),
        "splits": texts.t("the split"),
        "multipliers": texts.t("the multipliers"),
        "guards": texts.t("the checks"),
        "tiers": texts.t("the steps"),
        "quota": texts.t("whether it is measured by the quota"),
        "approval_above": texts.t("from where on somebody approves"),
        "notify": texts.t("whether a message is sent"),
        "top": texts.t("how many are rewarded"),
        "pot": texts.t("the pot"),
        "shares": texts.t("the shares of the pot"),
        "prizes": texts.t("the prizes"),
        "ties": texts.t("who is first among equals"),
        "of": texts.t("what the run is made of"),
        "once": texts.t("whether it is paid once"),
        "by": texts.t("by how much or by whom"),
        "over": texts.t("the periods before that it is compared with"),
        "faster_than": texts.t("whom to be faster than"),
        "per": texts.t("what is rewarded once"),
    }
