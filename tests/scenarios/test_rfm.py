"""Accounts scored by what they bought: as fields that rules read, and as tags in the CRM; as `accolade kpi rfm` has them."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from tests.scenarios.closing import Closing, won
from tests.scenarios.running import LONG_AGO

from accolade import kpis, wiring
from accolade.crm.mapping import field_maps
from accolade.crm.salesforce.ids import to18
from accolade.kpis.port import Fact, Tally
from accolade.model.connections import Connection
from accolade.store.audit import Audit
from accolade.store.connections import Connections
from accolade.store.parked import Parked
from accolade.store.rfm import DONE, RfmStore
from crms import salesforce

LOYAL = """
  - id: win
    title: A win
    kind: record
    when: {field: deal.stage, is: won}
    points: 100
    multipliers: [{times: 2, when: {field: account.priority_bucket, is: high}}]
"""
PLAIN = "\n  - {id: x, title: X, kind: record, when: {field: deal.stage, is: won}, points: 1}"
MAPPED = {
    "connection": {
        "salesforce": [
            {"record": "deal"},
            {
                "record": "account",
                "fields": {"account.rfm_segment": "Segment__c", "account.rfm_on": "Segment_On__c"},
            },
        ]
    }
}
DAY = datetime(2017, 6, 1, 3, tzinfo=UTC)
ACCOUNTS = [to18(f"0015e00000AC{n:03d}") for n in range(12)]


def bought(n: int) -> list[dict]:
    """What account `n` bought: the higher the number, the later, the more often, the more."""
    start = date(2017, 1, 5) + timedelta(days=8 * n)
    times = 1 + n // 3
    return [
        won(f"{n:02d}{k}", f"{start + timedelta(days=k)}", Amount=f"{100 * (n + 1)}.0", AccountId=ACCOUNTS[n])
        for k in range(times)
    ]


@pytest.fixture
def force(monkeypatch):
    server = salesforce.StandIn().start()
    monkeypatch.setenv("API_HOSTS", server.base_url.removeprefix("http://"))
    yield server
    server.stop()


@pytest.fixture
def house(command, force):
    """Sixteen deals of twelve accounts, whose CRM has fields for the tags."""
    command.stack.secrets.create_secret(Name="sf-api", SecretString="session-token")
    rows = [
        {"Id": it, "Name": it, "Segment__c": None, "Segment_On__c": None, "SystemModstamp": "2017-01-01T00:00:00.000+0000"}
        for it in ACCOUNTS
    ]
    force.load({"Account": rows})
    made = Closing(command.stack, LOYAL)
    connection(force)
    wiring.point_at({})
    made.maintain, made.run = wiring.maintainer(log=made.log), wiring.processor(log=made.log)
    made.command = command
    sell(made, force, *(it for n in range(12) for it in bought(n)), now=DAY)
    return made


def sell(house, force, *deals: dict, now: datetime) -> None:
    """Deals are taken at their word, as long as the connection has no credentials to read them again."""
    connection(force, credentials=None)
    for deal in deals:
        house.put(deal)
    house.arrive(now)
    connection(force)


def connection(force, **changed) -> None:
    maps = field_maps(MAPPED, crm="salesforce")
    made = Connection("sf", "acme", "salesforce", "00D5e000000AbcDEAS", LONG_AGO, LONG_AGO, maps=maps)
    Connections(wiring.database()).put(replace(made, **{"credentials": "sf-api", "api_base": force.base_url} | changed))


def tags(house=None) -> dict[str, tuple]:
    names = ("rfm_r", "rfm_f", "rfm_m", "rfm_segment", "priority_bucket")
    found = Audit(wiring.database()).records("acme", "account")
    return {it.key.id: tuple(it.value(name) for name in names) for it in found if it.value("rfm_r")}


def expected() -> dict[str, tuple]:
    """The same by the KPI, over the purchases as they are."""
    kpi = kpis.kpi("rfm")
    subjects = {}
    for n, account in enumerate(ACCOUNTS):
        facts = [
            Fact(date.fromisoformat(it["fields"]["CloseDate"]), it["id"], {"purchases": 1, "amount": 10_000 * (n + 1)}, account)
            for it in bought(n)
        ]
        subjects[account] = Tally({}, tuple(facts), date(2000, 1, 1), DAY.date())
    found = kpi.together(subjects)
    return {
        account: (columns["R"], columns["F"], columns["M"], columns["segment"], columns["priority"])
        for account, (_, columns) in found.items()
    }


def in_crm(force) -> dict[str, str]:
    return {id_: row.get("Segment__c") for id_, row in force._objects["Account"].items() if row.get("Segment__c")}


def patches(force) -> int:
    return sum(1 for call in force.calls if call.startswith("PATCH"))


def test_accounts_are_scored_once_a_day_as_the_kpi_has_them_and_told_the_crm(house, force):
    house.maintain(now=DAY)
    assert tags() == expected()
    assert in_crm(force) == {account: it[3] for account, it in expected().items()}
    asked = patches(force)
    assert asked == 12
    for minute in range(3):
        house.maintain(now=DAY + timedelta(minutes=minute))
    assert patches(force) == asked, "the day is done"
    house.maintain(now=DAY + timedelta(days=1))
    assert patches(force) == asked, "no tag has changed"
    assert tags() == expected()
    sell(house, force, won("NEW", "2017-06-01", Amount="90000.0", AccountId=ACCOUNTS[0]), now=DAY + timedelta(days=1))
    house.maintain(now=DAY + timedelta(days=2))
    changed = [account for account, tag in in_crm(force).items() if tag != expected()[account][3]]
    assert ACCOUNTS[0] in changed
    assert patches(force) == asked + len(changed)


def test_a_rule_reads_the_tags_and_what_was_closed_before_stays_as_it_was(house, force):
    before = house.wallet()["available"]
    house.maintain(now=DAY)
    house.arrive(DAY)
    assert house.wallet()["available"] == before
    new = [won(name, "2017-06-01", AccountId=ACCOUNTS[n]) for name, n in (("N1", 11), ("N2", 0))]
    sell(house, force, *new, now=DAY)
    assert expected()[ACCOUNTS[11]][4] == "high"
    assert house.wallet()["available"] == before + 300


def test_what_the_crm_refuses_waits_for_a_person_with_its_reason_and_the_rest_is_told(house, force):
    del force._objects["Account"][ACCOUNTS[5]]
    house.maintain(now=DAY)
    (case,) = Parked(wiring.database()).list("acme")
    assert ACCOUNTS[5] in case.reason
    assert len(in_crm(force)) == 11
    assert RfmStore(wiring.database()).progress("acme", "sf").step == DONE
    house.maintain(now=DAY + timedelta(days=1))
    assert Parked(wiring.database()).get("acme", case.id).times == 1, "one attempt each"


def test_a_busy_crm_is_asked_again_a_minute_later_and_nothing_is_lost(house, force):
    force.fail(times=30)
    house.maintain(now=DAY)
    assert tags() == expected(), "rules do not wait for the CRM"
    assert "rfm_waits" in {event for event, _ in house.logged}
    force._failures.clear()
    house.maintain(now=DAY + timedelta(minutes=1))
    assert len(in_crm(force)) == 12


def test_it_goes_on_where_it_was_left(house, force, monkeypatch):
    monkeypatch.setattr("accolade.flows.rfm.PAGE", 3)
    monkeypatch.setattr("accolade.flows.rfm.ACCOUNTS", 2)
    clock = iter(range(0, 100_000, 6))
    object.__setattr__(house.maintain.score, "monotonic", lambda: next(clock))
    runs = 0
    while RfmStore(wiring.database()).progress("acme", "sf").step != DONE or not runs:
        house.maintain(now=DAY + timedelta(minutes=runs))
        runs += 1
        assert runs < 60
    assert runs > 5
    assert tags() == expected()
    assert len(in_crm(force)) == 12
    assert patches(force) == 12


def test_where_nobody_asks_nothing_is_read(stack):
    made = Closing(stack, PLAIN)
    made.win(*bought(3), now=DAY)
    made.maintain(now=DAY)
    assert tags() == {}
    assert not [key for key in made.state() if key[0].startswith("RFM#")]


def test_the_command_scores_at_once_and_shows_segments(house, force):
    (row,) = house.command.json("rfm", "run", "--tenant", "acme")
    assert (row["accounts"], row["sent"], row["failed"]) == (12, 12, 0)
    rows = house.command.json("rfm", "show", "--tenant", "acme")
    assert sum(row["accounts"] for row in rows) == 12
    best = house.command.json("rfm", "show", "--segment", "A+", "--tenant", "acme")
    (top,) = [row for row in best if row["account"] == ACCOUNTS[11]]
    assert (top["rfm_r"], top["rfm_f"], top["rfm_m"]) == expected()[ACCOUNTS[11]][:3] == (5, 4, 5)
    assert "sf: 12 accounts by deals" in house.command.run("rfm", "show", "--tenant", "acme")
