"""Analytics on one screen: awards, spending, what is owed, what a deal costs, who uses it; every table is a file too."""

from datetime import date, timedelta
from typing import Any

from accolade.flows.figures import MOST_DAYS, Figures, Group, Worth
from accolade.texts import Texts, chosen
from accolade.web.answers import PageAnswer
from accolade.web.asking import Ask
from accolade.web.csv_file import csv_answer
from accolade.web.desk.before_after import compared
from accolade.web.rendering import site_rendered
from accolade.web.site import Route
from accolade.web.visitors import Scope

SPANS = (30, 90, 365)


def analytics(ask: Ask) -> PageAnswer:
    """The screen, for the last days or from one day to another."""
    since, until, problem = _span(ask)
    book = ask.house.programs.rulebook(ask.tenant.id)
    found = ask.house.figures.figures(ask.tenant.id, book, since=since, until=until, now=ask.now)
    titles = {id_: chosen(book.versions(id_)[0].title, ask.t.language) for id_ in book.program_ids()}
    words: dict[str, Any] = {
        "title": ask.t.t("Analytics"),
        "room": "analytics",
        "problem": problem,
        "since": since.isoformat(),
        "until": until.isoformat(),
        "spans": [(days, ask.t.n("Last day", "Last %(count)s days", days)) for days in SPANS],
        "boxes": _boxes(found, ask.t),
        "days": found.days,
        "chart": _chart(found),
        "programs": [(titles.get(it.name, it.name), it) for it in found.programs],
        "teams": [(it.name or ask.t.t("No team"), it) for it in found.teams],
        "number": ask.t.number,
        "money": lambda points: worth(points, found.worth, ask.t),
        "share": lambda it: _share(it, ask.t),
        "complete": found.complete,
        "query": f"since={since}&until={until}",
        "compared": compared(ask, book),
        "choices": sorted(titles.items(), key=lambda it: it[1]),
        "chosen": ask.value("program"),
    }
    return site_rendered(ask, "desk/analytics.html", **words)


def export(ask: Ask) -> PageAnswer:
    """One of the tables as a CSV file."""
    since, until, _ = _span(ask)
    book = ask.house.programs.rulebook(ask.tenant.id)
    found = ask.house.figures.figures(ask.tenant.id, book, since=since, until=until, now=ask.now)
    table = ask.args["table"].removesuffix(".csv")
    columns, rows = found.table(table if table in ("days", "programs") else "teams")
    return csv_answer(f"accolade-{table}-{since}-{until}.csv", columns, rows)


def worth(points: int, of: Worth | None, t: Texts) -> str:
    """Points as money, rounded to the currency's smallest unit; empty where nobody said what a point is worth."""
    return t.money(of.money(points)) if of else ""


def _boxes(found: Figures, t: Texts) -> list[dict[str, str]]:
    cost = worth(found.given, found.worth, t)
    each = worth(found.given // found.deals, found.worth, t) if found.deals and found.worth else ""
    rate = t.percent(max(0, found.spent), found.given) if found.given > 0 else ""
    boxes = [
        {
            "what": t.t("Awards"),
            "figure": t.number(found.awards),
            "more": t.t("%(points)s points given", points=t.number(found.given)),
        },
        {
            "what": t.t("Spent in the shop"),
            "figure": t.number(found.spent),
            "more": rate and t.t("%(rate)s of what was given", rate=rate),
        },
        {
            "what": t.t("Liability now"),
            "figure": t.number(found.liability),
            "more": worth(found.liability, found.worth, t) or t.t("Points that people have, or will have"),
        },
        {
            "what": t.t("Cost"),
            "figure": cost or t.t("unknown"),
            "more": "" if cost else t.t("Programs do not agree on what a point is worth, or none says so."),
        },
        {
            "what": t.t("Cost of a deal that earned"),
            "figure": each or t.number(found.deals),
            "more": t.n("One deal earned", "%(count)s deals earned", found.deals),
        },
    ]
    if found.expired:
        more = worth(found.expired, found.worth, t) or t.t("Points that nobody spent in time")
        boxes.append({"what": t.t("Expired"), "figure": t.number(found.expired), "more": more})
    if found.unspent is not None:
        more = t.t("Can be spent, and was given more than a year ago")
        boxes.append({"what": t.t("Breakage so far"), "figure": t.number(found.unspent), "more": more})
    return boxes


def _chart(found: Figures) -> str:
    """What the chart draws, as the table says it: epoch seconds, points given, points spent; by commas."""
    return ";".join(f"{(it.on - date(1970, 1, 1)).days * 86_400},{it.given},{it.spent}" for it in found.days)


def _share(it: Group, t: Texts) -> str:
    return t.percent(max(0, it.spent), it.given) if it.given > 0 else ""


def _span(ask: Ask) -> tuple[date, date, str]:
    """The days asked for; the last 30 with a word of why, if they cannot be."""
    today = ask.now.date()
    default = today - timedelta(days=29), today
    texts = ask.value("since"), ask.value("until")
    if ask.value("days") in map(str, SPANS):
        return today - timedelta(days=int(ask.value("days")) - 1), today, ""
    if not any(texts):
        return *default, ""
    try:
        since, until = date.fromisoformat(texts[0] or str(default[0])), date.fromisoformat(texts[1] or str(today))
    except ValueError:
        return *default, ask.t.t("Write a date as 2026-03-31.")
    if not date(2000, 1, 1) <= since <= until <= today or (until - since).days > MOST_DAYS:
        return *default, ask.t.t("Choose at most a year, that ends today or before.")
    return since, until, ""


ROUTES: tuple[Route, ...] = (
    Route("GET", "admin/analytics", Scope.ANALYTICS, analytics),
    Route("GET", "admin/analytics/{table}", Scope.ANALYTICS, export),
)
