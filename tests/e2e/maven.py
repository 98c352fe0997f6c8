"""The Maven history: what it should earn by the oracles, and the same deals as records in the stand-in CRMs."""

import csv
import json
import urllib.request
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.e2e.conftest import ROOT
from tests.e2e.tenancy import EXPORT, PEOPLE

from accolade.cli.replay import hubspot, salesforce

ORACLES = ROOT / "tests" / "data" / "oracles" / "maven"
POINTS = {"every-fifth-win": 500, "first-big-deal": 1000, "fast-win": 50}
WON_AT = "T12:00:00.000Z"


@dataclass(frozen=True)
class Hits:
    """Reached milestones: every fifth win and fast wins by rep and quarter, first big deals by rep."""

    fifth: Mapping[tuple[str, str], int]
    big: frozenset[str]
    fast: Mapping[tuple[str, str], int]

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many of each."""
        return sum(self.fifth.values()), len(self.big), sum(self.fast.values())


def expected(until: date | None = None) -> Hits:
    """What the oracles count, up to the end of a quarter."""
    fifth = Counter(
        (row["sales_agent"], row["quarter"])
        for row in _oracle("milestone_every_5th_won_events")
        if _until(row["close_date"], until)
    )
    big = frozenset(row["sales_agent"] for row in _oracle("milestone_first_deal_over_5000") if _until(row["close_date"], until))
    fast = {
        (row["sales_agent"], row["quarter"]): int(row["hits"])
        for row in _oracle("milestone_cycle_under_14_days")
        if int(row["hits"]) and (until is None or row["quarter"] <= quarter(until.isoformat()))
    }
    return Hits(fifth, big, fast)


def reached(levels: Mapping[tuple[str, str, str], int]) -> Hits:
    """What the ledger says was reached: from the points held by participant, milestone and scope."""
    names = {person["id"]: person["name"] for person in _rows(PEOPLE)}
    deals = {record: row for row in opportunities() for record in (record_in("salesforce", row), record_in("hubspot", row))}
    fifth, fast, big = Counter[tuple[str, str]](), Counter[tuple[str, str]](), set()
    for (participant, milestone, scope), points in levels.items():
        hits, left = divmod(points, POINTS[milestone])
        assert not left, (participant, milestone, scope, points)
        rep = names[participant]
        if milestone == "every-fifth-win":
            fifth[rep, scope.partition("@")[0]] += hits
        elif milestone == "first-big-deal":
            assert (scope, hits) == ("lifetime", 1)
            big.add(rep)
        else:
            deal = deals[scope]
            assert (deal["sales_agent"], hits) == (rep, 1)
            fast[rep, quarter(deal["close_date"])] += 1
    return Hits(fifth, frozenset(big), fast)


def within(levels: Mapping[tuple[str, str, str], int], until: date) -> dict[tuple[str, str, str], int]:
    """Of the whole history's levels those that its part up to the end of a quarter reaches."""
    last = quarter(until.isoformat())
    big = expected(until).big
    ids = {person["id"] for person in _rows(PEOPLE) if person["name"] in big}
    closed = {record_in(crm, row): row["close_date"] for row in opportunities() for crm in ("salesforce", "hubspot")}

    def reached_by_then(participant: str, scope: str) -> bool:
        if scope == "lifetime":
            return participant in ids
        return _until(closed[scope], until) if ":" in scope else scope.partition("@")[0] <= last

    return {key: points for key, points in levels.items() if reached_by_then(key[0], key[2])}


def opportunities() -> list[dict[str, str]]:
    """The rows of the export."""
    return _rows(EXPORT)


def record_in(crm: str, row: Mapping[str, str]) -> str:
    """A deal's record in a CRM, as scopes name it."""
    id_ = (salesforce if crm == "salesforce" else hubspot).record_id(row["opportunity_id"])
    return f"{crm}:deal:{id_}"


def quarter(day: str) -> str:
    """`2017Q1` of an ISO date."""
    return f"{day[:4]}Q{(int(day[5:7]) + 2) // 3}"


def put_into_the_crms(salesforce_url: str, hubspot_url: str, organization: str) -> int:
    """Load all dated deals as they stood at the end, half of the reps' in each stand-in; how many."""
    people = {person["name"]: person for person in _rows(PEOPLE)}
    dated = [row for row in opportunities() if row["engage_date"]]
    owners = {name: place for place, name in enumerate(sorted({row["sales_agent"] for row in opportunities()}))}
    halves = [[row for row in dated if owners[row["sales_agent"]] % 2 == half] for half in (0, 1)]
    users = [
        {"Id": person["salesforce_user_id"], "Name": name, "Email": person["email"], "IsActive": True}
        for name, person in people.items()
    ]
    records = [_opportunity(row, people[row["sales_agent"]]["salesforce_user_id"]) for row in halves[0]]
    _load(salesforce_url, {"Organization": [{"Id": organization, "Name": "Acme"}], "User": users, "Opportunity": records})
    _load(hubspot_url, {"owners": [_owner(person) for person in people.values()]})
    _load(hubspot_url, {"deals": [_deal(row, people[row["sales_agent"]]["hubspot_owner_id"]) for row in halves[1]]})
    return len(dated)


def _opportunity(row: Mapping[str, str], owner: str) -> dict[str, Any]:
    won, closed = row["deal_stage"] == "Won", row["deal_stage"] in ("Won", "Lost")
    return {
        "Id": salesforce.record_id(row["opportunity_id"]),
        "Name": f"Deal {row['opportunity_id']}",
        "Amount": float(row["close_value"]) if row["close_value"] else None,
        "StageName": row["deal_stage"],
        "IsWon": won,
        "IsClosed": closed,
        "CloseDate": row["close_date"] or "2018-03-31",
        "CreatedDate": f"{row['engage_date']}T09:00:00.000+0000",
        "OwnerId": owner,
        "SystemModstamp": f"{row['close_date'] or row['engage_date']}T12:00:00.000+0000",
        "Account_Name__c": row["account"] or None,
        "Product__c": row["product"],
    }


def _deal(row: Mapping[str, str], owner: str) -> dict[str, Any]:
    return {
        "id": str(hubspot.record_id(row["opportunity_id"])),
        "properties": {
            "dealname": f"Deal {row['opportunity_id']}",
            "amount": row["close_value"] or None,
            "deal_currency_code": "USD",
            "dealstage": row["deal_stage"],
            "closedate": f"{row['close_date']}{WON_AT}" if row["close_date"] else None,
            "createdate": f"{row['engage_date']}{WON_AT}",
            "hubspot_owner_id": owner,
            "account_name": row["account"] or None,
            "product": row["product"],
            "hs_lastmodifieddate": f"{row['close_date'] or row['engage_date']}{WON_AT}",
        },
    }


def _owner(person: Mapping[str, str]) -> dict[str, Any]:
    first, _, last = person["name"].partition(" ")
    return {"id": person["hubspot_owner_id"], "firstName": first, "lastName": last, "email": person["email"]}


def _load(url: str, content: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    request = urllib.request.Request(f"{url}/__load", data=json.dumps(content).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=60) as answer:
        assert answer.status == 200


def _oracle(name: str) -> Iterator[dict[str, str]]:
    return iter(_rows(ORACLES / f"{name}.csv"))


def _rows(path: Any) -> list[dict[str, str]]:
    with path.open(newline="") as lines:
        return list(csv.DictReader(lines))


def _until(day: str, until: date | None) -> bool:
    return until is None or (day != "" and date.fromisoformat(day) <= until)
