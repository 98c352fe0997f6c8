"""Merging and erasing over the API: said first, done on purpose, on record under the key's name; the books stay whole."""

from tests.scenarios.asking import Asking

from accolade.flows.ledger_check import LedgerCheck
from accolade.store.erasing import GONE
from accolade.web.visitors import Scope


def books(ask: Asking) -> list[str]:
    """What a check of the books finds (the first entries here are made up, without a chain)."""
    return list(LedgerCheck(ask.here.audit, ask.here.people, ask.here.budgets).verify("acme").problems)


def test_a_merge_is_said_and_then_done(ask: Asking) -> None:
    gone, kept = ask.number("only-acme"), ask.number("asha")
    before = ask.world.state_of("acme")
    status, _, plan = ask("GET", "/people/only-acme/merge", query={"into": "asha"})
    assert (status, plan["gone"], plan["kept"], plan["available"], plan["later"]) == (200, gone, kept, 900, 100)
    assert ask.world.state_of("acme") == before
    status, _, done = ask("POST", "/people/only-acme/merge", {"into": "asha@people.example", "reason": "Imported twice"})
    assert (status, done) == (200, plan)
    assert ask("GET", "/people/asha/wallet")[2]["available"] == 1900
    assert ask("GET", f"/people/{gone}")[2]["active"] is False
    (act,) = ask.acts("person.merged")
    assert (act.by, act.reason, act.on) == ("key:key", "Imported twice", gone)
    status, _, problem = ask("POST", "/people/only-acme/merge", {"into": "maria", "reason": "Again"})
    assert (status, f"{gone} was merged into {kept} before" in problem["detail"]) == (403, True)


def test_nobody_is_merged_into_themselves_or_into_nobody_or_without_the_right(ask: Asking) -> None:
    assert ask("POST", "/people/asha/merge", {"into": "asha", "reason": "x"})[0] == 403
    assert ask("POST", "/people/asha/merge", {"into": "only-rival", "reason": "x"})[0] == 404
    assert ask("GET", "/people/asha/merge", query={"into": "nobody"})[0] == 404
    assert ask("POST", "/people/asha/merge", {"into": "maria"})[0] == 422
    one = {"into": "only-acme", "reason": "x"}
    assert ask("POST", "/people/only-acme/merge", one, by=ask.theirs)[0] == 404
    assert ask("GET", "/people/only-acme/merge", query={"into": "asha"}, by=ask.theirs)[0] == 404
    assert ask("POST", "/people/asha/merge", one, by=ask.with_scopes(Scope.PEOPLE))[0] == 403
    assert ask.acts("person.merged") == []


def test_somebody_is_erased_with_their_number_written_and_amounts_and_keys_stay(ask: Asking) -> None:
    number = ask.number("asha")
    found = books(ask)
    wallet, entries = (ask("GET", f"/people/asha/{it}")[2] for it in ("wallet", "entries"))
    status, _, problem = ask("POST", "/people/asha/erase", {"number": "Asha", "reason": "Request 118"})
    assert (status, problem["errors"][0]["field"]) == (422, "body.number")
    assert ask("POST", "/people/asha/erase", {"reason": "Request 118"})[0] == 422
    assert ask("GET", "/people/asha")[2]["name"] == "Asha Patel"
    status, _, it = ask("POST", "/people/asha/erase", {"number": number, "reason": "Request 118"})
    assert (status, it["number"], it["name"], it["email"], it["phone"], it["active"]) == (200, number, GONE, None, None, False)
    assert it["consents"] == []
    assert ask("GET", "/people/asha")[0] == 404
    assert ask("GET", f"/people/{number}/wallet")[2] == wallet
    kept = ask("GET", f"/people/{number}/entries")[2]["items"]
    assert [(one["id"], one["points"]) for one in kept] == [(one["id"], one["points"]) for one in entries["items"]]
    (act,) = ask.acts("person.erased")
    assert (act.by, act.reason, act.before) == ("key:key", "Request 118", None)
    assert "Asha" not in str(act)
    assert ask("POST", f"/people/{number}/erase", {"number": number, "reason": "x"})[0] == 403
    assert books(ask) == found


def test_another_companys_people_are_not_there_to_be_erased(ask: Asking) -> None:
    number = ask.number("only-acme")
    assert ask("POST", "/people/only-acme/erase", {"number": number, "reason": "x"}, by=ask.theirs)[0] == 404
    assert ask("POST", "/people/only-acme/erase", {"number": number, "reason": "x"}, by=ask.with_scopes(Scope.PEOPLE))[0] == 403
    assert ask("GET", "/people/only-acme")[2]["active"] is True


def test_people_are_found_by_a_part_of_what_they_are_called(ask: Asking) -> None:
    assert [it["id"] for it in ask("GET", "/people", query={"q": "LOPEZ"})[2]["items"]] == ["maria"]
    assert ask("GET", "/people", query={"q": "nobody at all"})[2] == {"items": [], "next": None}
