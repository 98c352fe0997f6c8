"""A back-test decides as production does, remembers little, and says what it found in files that anybody may open."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
import yaml

from accolade.decide import project, settle
from accolade.flows.history import open_history
from accolade.flows.simulation import run as running
from accolade.flows.simulation.exports import Exports
from accolade.flows.simulation.part import Task, Variant
from accolade.flows.simulation.quotas import Aims
from accolade.flows.simulation.replay import Cast, Replay
from accolade.flows.simulation.run import Done, run, separable
from accolade.flows.simulation.spool import Spool
from accolade.model.fields import TRACKED_FIELDS
from accolade.model.ledger import Standing, Wallet
from accolade.model.records import Facts, Record, RecordKey, Version, merge
from accolade.model.times import from_millis, to_millis
from accolade.programs.loading import load, to_json
from accolade.programs.rollout import bucket
from accolade.programs.rulebook import Rulebook
from accolade.situation import Situation
from accolade.store.quotas import Quota

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "infra" / "local" / "demo"
DEALS, MAPPING, PROGRAM = DEMO / "data" / "sales_pipeline.csv", DEMO / "mapping.yaml", DEMO / "program.yaml"
NO_AIMS = Aims()
NOW = to_millis(datetime(2018, 6, 1, tzinfo=UTC))

KINDS = """
id: kinds
title: {en: Kinds, nl: Soorten}
effective: {from: 2017-01-01}
time_zone: UTC
point_value: 0.01 USD
debt_limit: 5000
milestones:
  - {id: fifth, title: F, kind: every, kpi: won_count, n: 5, period: quarter, points: 500}
  - {id: rate, title: R, kind: kpi, kpi: close_rate, at_least: 70%, min_sample: 9, period: quarter, points: 9, keep: once_reached}
  - {id: w, title: W, kind: streak, record: deal, when: {field: deal.stage, is: won}, of: weeks, n: 4, period: year, points: 4}
  - id: share
    title: A share
    kind: record
    record: deal
    when: {field: deal.stage, is: won}
    points: {per: deal.amount, rate: 1%}
    hold: 10 days
    caps: [{points: 300, per: participant, period: month, over: trim}]
"""
QUOTAS = (
    KINDS.partition("  - ")[0]
    + """
  - id: attained
    title: Half and all of the quota
    kind: kpi
    kpi: won_amount
    period: quarter
    quota: true
    tiers: [{at_least: 50%, points: 100}, {at_least: 100%, points: 400}]
  - {id: wins, title: W, kind: kpi, kpi: won_count, period: month, quota: true, at_least: 120%, points: 30, keep: once_reached}
"""
)
RANK = """
  - {id: race, title: R, kind: rank, kpi: won_amount, period: quarter, top: 2, pot: 60, shares: [50%, 50%], evaluate: at_close}
"""


def exports(*files: Path) -> Exports:
    return Exports({"deal": files or (DEALS,)}, yaml.safe_load(MAPPING.read_text()))


def variant(text: str, label: str = "this") -> Variant:
    return Variant(label, (to_json(load(text, file="program.yaml")),))


def simulated(
    folder: Path, *texts: str, source: Exports | None = None, processes: int = 1, limit: int = 20_000, aims: Aims = NO_AIMS
) -> Done:
    folder.mkdir(exist_ok=True)
    task = Task(source or exports(), tuple(variant(text) for text in texts), folder, NOW, limit=limit, aims=aims)
    return run(task, processes=processes, stage=lambda read: lambda count: None)


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every second deal of the demo's first four people: a year of it, at a twentieth of what the whole takes."""
    head, *rows = DEALS.read_text().splitlines()
    people = sorted({row.split(",")[1] for row in rows})[:4]
    path = tmp_path_factory.mktemp("few") / "deals.csv"
    path.write_text("\n".join([head, *[row for row in rows if row.split(",")[1] in people][::2]]))
    return path


@pytest.fixture(scope="module")
def kinds(tmp_path_factory: pytest.TempPathFactory, few: Path) -> Done:
    """Four people's history under several kinds of milestones."""
    return simulated(tmp_path_factory.mktemp("kinds"), KINDS + RANK, source=exports(few))


def held(done: Done) -> dict[str, int]:
    """Points by award, as they were in the end."""
    return {key: points for key, points in {it.key: it.after for it in done.results[-1].awards()}.items() if points}


class _Wallets(dict):
    def __missing__(self, number):
        self[number] = Wallet("simulation", number)
        return self[number]


class _Standings(dict):
    def __missing__(self, key):
        self[key] = Standing("simulation", *key, {}, {}, {})
        return self[key]


def decided(text: str, source: Exports, quotas: Sequence[Quota] = ()) -> dict[str, int]:
    """The same history through production's decide, everything in plain dictionaries, without a clock that lets points vest."""
    history = open_history(source.files, source.document)
    facts = [row.facts(tenant="simulation", connection="export") for row in history.records("deal")]
    people, owners = source.people({str(it.fields.get("owner") or "") for it in facts} - {""})
    book = Rulebook([load(text, file="program.yaml")])
    situation = Situation(book, source.connection(), dict(owners), people, _Wallets(), _Standings())
    situation.quotas = {(owners[it.subject], it.kpi, it.period): it.target for it in quotas}
    awards: dict[str, int] = {}
    for it in sorted(facts, key=lambda it: (it.fields.get("close_date") or it.fields.get("created_on") or "", it.key.id)):
        before = Record(it.key)
        merged = merge(before, it, tracked=TRACKED_FIELDS["deal"])
        decision = settle(project(before, merged, situation, facts=it), situation, now=from_millis(it.version.at))
        if decision is not None:
            situation.apply(decision)
            awards |= {one.award.key: one.after.held for one in decision.settled}
    return {key: points for key, points in awards.items() if points}


@pytest.mark.parametrize("text", [PROGRAM.read_text(), KINDS], ids=["the demo", "every kind"])
def test_a_back_test_gives_what_production_decides_on_the_same_history(tmp_path, few, text):
    done = simulated(tmp_path, text, source=exports(few))
    assert len(held(done)) > 50
    assert held(done) == decided(text, exports(few))
    assert sum(it.points for it in done.outcomes[0].parts) == sum(held(done).values())


@pytest.mark.parametrize("seed", [1, 2])
def test_with_quotas_a_back_test_gives_what_production_decides_with_them(tmp_path, few, seed):
    """Whoever has one, in whichever periods, however high: the quotas of a run are drawn from its seed."""
    random, people = Random(seed), sorted({row.split(",")[1] for row in few.read_text().splitlines()[1:]})
    quotas = [
        Quota(name, kpi, f"{period}@UTC", Fraction(random.randint(*bounds)))
        for kpi, periods, bounds in (
            ("won_amount", [f"2017Q{number}" for number in range(1, 5)], (1_000_000, 15_000_000)),
            ("won_count", [f"2017-{number:02}" for number in range(3, 13)], (1, 15)),
        )
        for period in periods
        for name in random.sample(people, 3)
    ]
    done = simulated(tmp_path, QUOTAS, source=exports(few), aims=Aims(quotas))
    by_quota = Counter(key.split("/")[1] for key in held(done))
    assert by_quota["attained"] > 2
    assert by_quota["wins"] > 2
    assert held(done) == decided(QUOTAS, exports(few), quotas)


def test_what_lies_in_the_file_counts_like_what_is_in_memory(kinds, few, tmp_path):
    put_away = simulated(tmp_path, KINDS + RANK, source=exports(few), limit=12)
    assert list(kinds.results[0].awards()) == list(put_away.results[0].awards())
    assert list(kinds.results[0].entries()) == list(put_away.results[0].entries())


def test_memory_does_not_grow_with_the_history(tmp_path):
    """Two thousand people with a lifetime and a quarter each, while two hundred states may be in memory."""
    random, rows = Random(3), [("opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value")]
    for number in range(2000):
        rows.append(f"D{number},Rep {number},GTX,Acme,Won,2017-01-02,2017-0{random.randint(1, 9)}-11,{random.randint(1, 9000)}")
    (tmp_path / "deals.csv").write_text("\n".join(rows))
    source, most = exports(tmp_path / "deals.csv"), 0
    spool = Spool(tmp_path / "spool.db", tenant="simulation", connection="export")
    read = source.read(spool, wanted=lambda owner: True, ahead=lambda count: None, until=None)
    people, owners = source.people(read.owners)
    book = Rulebook([load(KINDS, file="program.yaml")])
    replay = Replay(book, source.connection(), Cast(people, owners, {}), tmp_path / "state", now=NOW, limit=50)
    for event in spool.events():
        replay.take(event)
        most = max(most, replay.in_memory)
    assert read.events == 2000
    assert most < 6 * (50 + 256 * 4)  # per mapping: what stays, and what comes between two looks


def test_events_that_do_not_fit_into_memory_come_in_the_same_order_from_disk(tmp_path):
    source = exports(DEALS)
    found = []
    for memory in (1 << 30, 100_000):
        spool = Spool(tmp_path / f"{memory}.db", tenant="simulation", connection="export", memory=memory)
        source.read(spool, wanted=lambda owner: True, ahead=lambda count: None, until=None)
        found.append(list(spool.events()))
        spool.close()
    assert found[0] == found[1]
    assert [(it.day, it.facts.version.at, it.facts.key.id) for it in found[0]] == sorted(
        (it.day, it.facts.version.at, it.facts.key.id) for it in found[0]
    )
    assert [path.name for path in tmp_path.iterdir()] == ["100000.db"]


def test_a_record_with_several_events_is_known_by_them_all(tmp_path):
    spool = Spool(tmp_path / "spool.db", tenant="simulation", connection="export")
    for day, id_ in enumerate(("a", "b", "a", "c")):
        spool.add(Facts(RecordKey("simulation", "export", "deal", id_), Version(day), {"stage": "open"}), day)
    spool.seal()
    assert [(it.facts.key.id, it.again) for it in spool.events()] == [("a", True), ("b", False), ("a", True), ("c", False)]


def test_several_processes_come_to_the_same_files_as_one(few, tmp_path, monkeypatch):
    alone = simulated(tmp_path / "a", PROGRAM.read_text(), source=exports(few))
    monkeypatch.setattr(running, "SEVERAL_FROM", 1)
    together = simulated(tmp_path / "b", PROGRAM.read_text(), source=exports(few), processes=2)
    assert (tmp_path / "b" / "part-1-0").exists()
    assert list(alone.results[0].awards()) == list(together.results[0].awards())
    assert list(alone.results[0].entries()) == list(together.results[0].entries())
    assert replace(alone.outcomes[0], left=()) == replace(together.outcomes[0], left=())
    assert alone.read.span == together.read.span


def test_a_record_that_two_people_had_is_decided_in_one_process(tmp_path, monkeypatch):
    monkeypatch.setattr(running, "SEVERAL_FROM", 1)
    head, *rows = DEALS.read_text().splitlines()
    first = next(row for row in rows if ",Won," in row)
    id_, _, rest = first.split(",", 2)
    twice = tmp_path / "deals.csv"
    twice.write_text("\n".join([head, *rows[:400], f"{id_},Zane Levy,{rest}"]))
    together = simulated(tmp_path / "b", PROGRAM.read_text(), source=exports(twice), processes=2)
    alone = simulated(tmp_path / "a", PROGRAM.read_text(), source=exports(twice))
    assert not (tmp_path / "b" / "part-1-0").exists()
    assert held(alone) == held(together)


@pytest.mark.parametrize(
    "more",
    [
        RANK,
        "  - {id: t, title: T, kind: kpi, kpi: won_count, at_least: 9, period: quarter, subject: team, points: 9}\n",
        "  - {id: s, title: S, kind: record, when: {field: deal.stage, is: won}, points: 9, splits: {owner: 50%, team: 50%}}\n",
    ],
    ids=["rank", "team", "split"],
)
def test_where_people_meet_one_process_decides(more):
    assert separable(Rulebook([load(KINDS, file="program.yaml")]))
    assert not separable(Rulebook([load(KINDS + more, file="program.yaml")]))


def test_the_order_of_the_rows_in_a_file_does_not_matter(kinds, few, tmp_path):
    head, *rows = few.read_text().splitlines()
    Random(5).shuffle(rows)
    (tmp_path / "mixed.csv").write_text("\n".join([head, *rows]))
    other = simulated(tmp_path / "b", KINDS + RANK, source=exports(tmp_path / "mixed.csv"))
    assert list(kinds.results[0].awards()) == list(other.results[0].awards())


def test_a_pot_is_given_whole_once_a_quarter_on_the_quarters_last_day(kinds):
    race = [it for it in kinds.results[0].awards() if it.milestone == "race"]
    given = Counter[str]()
    for it in race:
        given[it.period.partition("@")[0]] += it.after - it.before
    assert given == {"2017Q1": 60, "2017Q2": 60, "2017Q3": 60, "2017Q4": 60}
    assert {it.day for it in race} == {date(2017, 3, 31), date(2017, 6, 30), date(2017, 9, 30), date(2017, 12, 31)}
    assert {it.record for it in race} == {""}


def test_points_on_hold_vest_when_they_are_due(few, tmp_path):
    text = KINDS.replace("    caps: [{points: 300, per: participant, period: month, over: trim}]\n", "")
    entries = [it for it in simulated(tmp_path, text, source=exports(few)).results[0].entries() if it.milestone == "share"]
    given = {it.record: it.points for it in entries if it.kind == "accrual"}
    assert {it.record: it.points for it in entries if it.kind == "vest"} == given
    on = {(it.record, it.kind): it.day for it in entries}
    assert {(on[record, "vest"] - on[record, "accrual"]).days for record in given} == {10}
    assert len(given) > 300


def test_a_program_for_a_part_of_everybody_has_that_part_as_its_audience(few, tmp_path):
    done = simulated(tmp_path, KINDS.replace("debt_limit", "rollout: {percent: 50}\ndebt_limit"), source=exports(few))
    inside = {f"P{number:06d}" for number in range(1, 5) if bucket("kinds", f"P{number:06d}") < 50}
    assert 0 < len(inside) < 4
    assert {it.number for it in done.outcomes[0].people} == inside
    assert done.outcomes[0].audience == len(inside)
