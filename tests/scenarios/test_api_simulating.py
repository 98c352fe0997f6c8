"""A program is simulated over the API: on records sent along, or on what the CRMs have told; nothing of it stays."""

import json
from typing import Any

import pytest
from tests.contract.api_world import PROGRAM, Caller
from tests.contract.api_world import asked as answered
from tests.scenarios.asking import Asking, api_handler
from tests.scenarios.house import House
from tests.scenarios.stack import LambdaContext, Stack

from accolade import wiring
from accolade.flows.simulation import bounded
from accolade.web.api.callers import Rates
from accolade.web.api.door import Api
from accolade.web.visitors import Scope

SIMULATE = "/programs/simulate"
MAPPING = """
record: deal
id: id
owner: owner
fields: {deal.amount: amount, deal.stage: stage, deal.created_on: created, deal.close_date: closed}
stages: {won: [Won], lost: [Lost], open: [Open]}
currency: USD
"""
WON = {"owner": "asha", "amount": 100, "stage": "Won", "created": "2026-03-01", "closed": "2026-03-05"}
ROWS = [
    WON | {"id": "1"},
    WON | {"id": "2", "owner": "bob"},
    WON | {"id": "3", "stage": "Lost"},
    WON | {"id": "4", "closed": "2026-05-30"},
]
CSV = "id,owner,amount,stage,created,closed\n" + "".join(
    f"{it['id']},{it['owner']},{it['amount']},{it['stage']},{it['created']},{it['closed']}\n" for it in ROWS
)


def export(**more: object) -> dict[str, object]:
    lines = "".join(f"  {line}\n" for line in MAPPING.strip().splitlines())
    return {"type": "deal", "mapping": f"export:\n{lines}", **more}


def test_records_that_are_sent_are_replayed_as_rows_or_as_a_file(ask: Asking) -> None:
    status, _, found = ask("POST", SIMULATE, {"program": "plan-acme", "compare": False, "records": export(rows=ROWS)})
    assert status == 200, found
    this = found["this"]
    assert (found["records"], found["start"], found["end"], found["cut"]) == (4, "2026-03-05", "2026-05-30", False)
    assert (this["awards"], this["points"], this["cost"], this["currency"], this["winners"]) == (2, 100, "1.00", "USD", 2)
    assert {(it["person"], it["points"]) for it in this["people"]} == {("asha", 50), ("bob", 50)}
    assert [(it["milestone"], it["points"]) for it in this["milestones"] if it["points"]] == [("fast-win", 100)]
    assert (found["other"], found["changes"]) == (None, [])
    as_file = ask("POST", SIMULATE, {"program": "plan-acme", "compare": False, "records": export(csv=CSV)})
    assert as_file[2]["this"] == this


def test_a_document_is_simulated_beside_what_is_live_and_is_stored_nowhere(ask: Asking) -> None:
    before = ask.world.state_of("acme")
    document = PROGRAM.format(id="plan-acme", title="Plan").replace("points: 50", "points: 80").replace("below: 14", "below: 100")
    document = document.replace("{from: 2017-01-01}", "{from: 2017-01-01, to: 2099-01-01}") + "department: sales\n"
    status, _, found = ask("POST", SIMULATE, {"document": document, "records": export(rows=ROWS)})
    assert status == 200, found
    assert (found["this"]["points"], found["other"]["points"], found["other"]["label"]) == (240, 100, "v1")
    assert [(it["person"], it["before"], it["after"]) for it in found["changes"]] == [("asha", 50, 160), ("bob", 50, 80)]
    assert ask.world.state_of("acme") == before


def test_without_records_it_is_the_history_that_the_crms_have_told(linked: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    company = House(linked)
    here = wiring.house(lambda *said, **more: None)
    key = here.keyring.add("acme", "plans", scopes=["programs"], now=company.now)[1]
    handler = api_handler()

    def simulated(**more: object) -> tuple[int, dict[str, Any]]:
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {key}"}
        body = json.dumps({"program": "race"} | more)
        event = {"httpMethod": "POST", "path": f"/api/v1{SIMULATE}", "headers": headers, "body": body}
        answer = handler(event, LambdaContext())
        return answer["statusCode"], json.loads(answer["body"])

    status, problem = simulated()
    assert (status, problem["detail"][:40]) == (422, "no records of this kind are stored yet. ")
    for number in range(1, 4):
        company.deal(number, "Closed Won", after=number)
    status, found = simulated(compare=False)
    assert (status, found["records"], found["cut"], found["other"]) == (200, 3, False, None)
    assert found["this"]["points"] == here.views.wallet("acme", company.asha.number).available > 0
    assert [(it["person"], it["name"]) for it in found["this"]["people"]] == [(company.asha.number, "Asha Patel")]
    monkeypatch.setattr(bounded, "MOST_RECORDS", 2)
    assert (simulated(compare=False)[1]["records"], simulated(compare=False)[1]["cut"]) == (2, True)
    monkeypatch.setattr(bounded, "LONGEST", -1.0)
    status, problem = simulated()
    assert (status, problem["detail"]) == (422, "this takes longer than an answer may. Take a smaller history")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "body.program"),
        ({"program": "plan-acme", "document": "id: x"}, "body.program"),
        ({"program": "plan-acme", "records": export()}, "body.records.rows"),
        ({"program": "plan-acme", "records": export(rows=ROWS, csv=CSV)}, "body.records.rows"),
        ({"program": "plan-acme", "records": export(rows=ROWS) | {"type": "dream"}}, "body.records.type"),
        ({"program": "plan-acme", "records": export(rows=[{}])}, "body.records.rows"),
        ({"program": "plan-acme", "records": export(rows=[{"id": ["x"]}])}, "body.records.rows"),
    ],
)
def test_what_cannot_be_simulated_is_said_at_its_field(ask: Asking, body: dict[str, object], field: str) -> None:
    status, _, problem = ask("POST", SIMULATE, body)
    assert (status, problem["errors"][0]["field"].startswith(field)) == (422, True), problem


def test_a_wrong_document_or_mapping_is_refused_and_another_companys_program_is_not_there(ask: Asking) -> None:
    assert ask("POST", SIMULATE, {"document": "id: x\n"})[0] == 422
    wrong = export(rows=ROWS) | {"mapping": "export: [", "type": "deal"}
    assert ask("POST", SIMULATE, {"program": "plan-acme", "records": wrong})[0] == 422
    assert ask("POST", SIMULATE, {"program": "plan-acme", "records": export(rows=ROWS)}, by=ask.theirs)[0] == 404
    assert ask("POST", SIMULATE, {"program": "plan-acme"}, by=ask.with_scopes(Scope.BUDGETS))[0] == 403


def test_a_company_simulates_no_more_often_than_the_functions_bear(ask: Asking) -> None:
    api = Api(ask.here, rates=Rates(slow=2))
    second = Caller("second", ask.ours.scopes, ask.world.key("acme", *ask.ours.scopes, name="second"))
    now = ask.world.now.replace(second=30)

    def simulated(caller: Caller) -> tuple[int, str]:
        body = {"program": "plan-acme", "records": export(rows=ROWS)}
        answer = answered(api, caller, "POST", f"/api/v1{SIMULATE}", now=now, body=body)
        return answer[0], answer[1].get("Retry-After", "")

    tries = (ask.ours, second, ask.ours, second, ask.theirs)
    assert [simulated(it) for it in tries] == [(200, ""), (200, ""), (429, "30"), (429, "30"), (404, "")]
