"""Types of records in words: one of them, all of them, and their ends."""

from accolade.texts import Texts


def each(record: str, texts: Texts, *, outcome: str = "") -> str:
    """`each deal`, `each won deal`; for other types than deals the outcome is said by `ended`."""
    if record == "deal" and outcome:
        return {"won": texts.t("each won deal"), "lost": texts.t("each lost deal")}[outcome]
    return {
        "deal": texts.t("each deal"),
        "lead": texts.t("each lead"),
        "contact": texts.t("each contact"),
        "account": texts.t("each account"),
        "product": texts.t("each product"),
        "ticket": texts.t("each ticket"),
        "activity": texts.t("each activity"),
        "campaign": texts.t("each campaign"),
        "campaign_member": texts.t("each person in a campaign"),
        "line_item": texts.t("each line of a deal"),
        "invoice": texts.t("each invoice"),
        "subscription": texts.t("each subscription"),
        "survey_response": texts.t("each survey response"),
        "training": texts.t("each training"),
        "claim": texts.t("each claim"),
        "cost": texts.t("each cost"),
        "nomination": texts.t("each nomination"),
    }.get(record, texts.t("each record"))


def several(record: str, texts: Texts) -> str:
    """`deals`"""
    return {
        "deal": texts.t("deals"),
        "lead": texts.t("leads"),
        "contact": texts.t("contacts"),
        "account": texts.t("accounts"),
        "product": texts.t("products"),
        "ticket": texts.t("tickets"),
        "activity": texts.t("activities"),
        "campaign": texts.t("campaigns"),
        "campaign_member": texts.t("people in campaigns"),
        "line_item": texts.t("lines of deals"),
        "invoice": texts.t("invoices"),
        "subscription": texts.t("subscriptions"),
        "survey_response": texts.t("survey responses"),
        "training": texts.t("trainings"),
        "claim": texts.t("claims"),
        "cost": texts.t("costs"),
        "nomination": texts.t("nominations"),
    }.get(record, texts.t("records"))


def ended(record: str, outcome: str, texts: Texts) -> str:
    """How people call the end of a record of that type: a ticket is not won but solved; else open, won or lost."""
    won = {
        "lead": texts.t("converted"),
        "ticket": texts.t("solved"),
        "activity": texts.t("done"),
        "campaign": texts.t("completed"),
        "campaign_member": texts.t("responded"),
        "invoice": texts.t("paid"),
        "subscription": texts.t("completed"),
        "training": texts.t("passed"),
        "claim": texts.t("approved"),
        "nomination": texts.t("approved"),
    }
    lost = {
        "lead": texts.t("disqualified"),
        "ticket": texts.t("closed without a solution"),
        "activity": texts.t("not done"),
        "campaign": texts.t("aborted"),
        "campaign_member": texts.t("declined"),
        "invoice": texts.t("written off"),
        "subscription": texts.t("cancelled"),
        "training": texts.t("not passed"),
        "claim": texts.t("rejected"),
        "nomination": texts.t("declined"),
    }
    known = {"open": texts.t("open"), "won": won.get(record, texts.t("won")), "lost": lost.get(record, texts.t("lost"))}
    return known[outcome]
