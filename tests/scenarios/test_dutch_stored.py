"""What was kept when it happened is said later in its reader's language: in Dutch on a Dutch page, in English everywhere else."""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from tests.contract.api_world import World
from tests.scenarios.desk import Desk
from tests.scenarios.shopping import ASHA, shop
from tests.scenarios.stack import LambdaContext, function
from tests.scenarios.visiting import Browser

from accolade import wiring
from accolade.flows.publish import Asked
from accolade.model.deliveries import DeliveryState
from accolade.model.messages import SendDelivery
from accolade.model.participants import Channel
from accolade.model.phrases import Phrase
from accolade.model.redemptions import RedemptionState
from accolade.programs.preset_files import adapted, preset
from accolade.programs.signal_words import NAMES
from accolade.programs.signals import SIGNALS
from accolade.store.parked import Parked
from accolade.texts import texts
from accolade.web.approving import why_waits
from accolade.web.entry import SessionVisitors, enter
from accolade.web.entry.cookies import SESSION, STAFF
from accolade.web.routes import ROUTES
from accolade.web.site import Site

NL = texts("nl")


@pytest.fixture
def desk(linked):
    return Desk(linked)


@pytest.fixture
def here(linked, monkeypatch):
    with shop(linked, monkeypatch) as made:
        made.stand_in.clock = lambda: made.now
        yield made


def dutch(browser, path):
    """What a page says in Dutch."""
    browser.get(f"{path}{'&' if '?' in path else '?'}lang=nl")
    assert browser.status == 200, browser.seen
    return browser.seen


def english(browser, path):
    browser.get(f"{path}{'&' if '?' in path else '?'}lang=en")
    return browser.seen


def visitor(here, *, staff):
    """A browser of the shop's admin, or of Asha."""
    house = wiring.house(here.log)
    browser = Browser(Site(house, SessionVisitors(house), ROUTES, enter), now=here.now)
    if staff:
        _, browser.cookies[STAFF] = house.sessions.begin("staff", "acme", "eve@acme.example", now=here.now, roles=("admin",))
    else:
        _, browser.cookies[SESSION] = house.sessions.begin("code", "acme", ASHA, now=here.now)
    return browser


def test_a_notification_that_could_not_be_read_waits_with_its_figures_in_dutch(desk):
    desk.house.deal(1, "Closed Won", Amount="1.000,00 <b>veel</b>")
    dana = desk.staff()
    (case,) = desk.here.parked.list("acme")
    assert str(case.reason) == "Amount holds '1.000,00 <b>veel</b>'; a plain number is expected"
    for path in ("admin/cases", f"admin/cases/{case.id}"):
        said = dutch(dana, path)
        assert "In Amount staat '1.000,00 <b>veel</b>'; verwacht wordt een gewoon getal" in said
        assert "aan een veld van het type money" in said
        assert "is expected" not in said
        assert "<b>veel" not in dana.text
    assert "a plain number is expected" in english(dana, "admin/cases")


def test_what_a_program_cannot_count_and_a_paused_connection_are_cases_in_dutch(desk):
    desk.house.deal(1, "Closed Won", CurrencyIsoCode="EUR", Amount="9000.0", days=60)
    connection = desk.here.connections.of("acme", "sf")
    desk.here.connections.put(replace(connection, paused=True))
    desk.house.again().deal(2, "Closed Won")
    said = dutch(desk.staff(), "admin/cases")
    assert "telt niet mee: het bedrag is in EUR, niet de valuta van het programma, en er is geen koers bekend" in said
    assert "programma race, doel " in said
    assert "Publiceer een programma in die valuta, of verbeter het record in het CRM" in said
    assert "De koppeling is gepauzeerd" in said
    assert "Hervat de koppeling: wat wacht wordt dan beslist" in said
    for word in ("is not counted", "milestone", "Publish", "Resume"):
        assert word not in said


def test_a_case_from_before_there_were_parts_is_shown_as_it_is_and_one_that_is_parked_anew_forgets_them(desk):
    parked, now = desk.here.parked, desk.house.now
    desk.house.deal(1, "Closed Won", Amount="much")
    (case,) = parked.list("acme")
    texts_ = {"connection": case.connection, "crm": case.crm, "content": case.content, "now": now}
    parked.park("acme", id_=case.id, reason="the vendor said no: 7", **texts_)
    (again,) = parked.list("acme")
    assert (again.times, again.reason, again.mend, type(again.reason)) == (2, "the vendor said no: 7", "", str)
    assert "The vendor said no: 7" in dutch(desk.staff(), "admin/cases")
    long = "y" * 600
    parked.park("acme", id_=case.id, reason=Phrase("stage %(name)r is closed, but won or lost?", name=long), **texts_)
    (cut,) = parked.list("acme")
    assert (len(cut.reason), type(cut.reason)) == (500, str)


KEPT = {"id_": "stage", "connection": "sf", "crm": "salesforce", "content": [{"id": "1"}], "now": datetime.now(UTC)}
CLOSED = Phrase("stage %(name)r is closed, but won or lost?", name="Gesloten")


def test_the_api_says_what_was_kept_in_english(linked):
    world = World(linked)
    Parked(wiring.database()).park("acme", reason=CLOSED, **KEPT)
    status, _, answer = world.ask(world.callers["key"], "GET", "/api/v1/cases", headers={"accept-language": "nl"})
    assert status == 200
    assert "stage 'Gesloten' is closed, but won or lost?" in str([it["reason"] for it in answer["items"]])


def test_the_command_says_what_was_kept_in_english(command, monkeypatch):
    monkeypatch.setenv("LANG", "nl_NL.UTF-8")
    command.run("tenant", "add", "acme", "--name", "Acme")
    Parked(wiring.database()).park("acme", reason=CLOSED, **KEPT)
    said = command.run("parked", "list", "--tenant", "acme") + command.said
    assert "stage 'Gesloten' is closed, but won or lost?" in " ".join(said.split())


def test_why_a_redemption_failed_is_read_in_dutch_by_its_owner_and_by_the_staff(here):
    here.stand_in.fault("reject")
    it = here.redeem("no")
    here.work()
    stands = here.stands(it)
    assert stands.state is RedemptionState.RELEASED
    assert str(stands.why) == "Tremendous does not accept the order (422)"
    eve, asha = visitor(here, staff=True), visitor(here, staff=False)
    page = dutch(eve, f"admin/redemptions/{it.id}")
    assert "Tremendous neemt de bestelling niet aan (422)" in page
    assert "Bestelling 1." in page
    assert "Punten teruggegeven" in page
    assert "De reden: Tremendous neemt de bestelling niet aan (422)." in dutch(asha, f"me/rewards/{it.id}")
    assert "Tremendous neemt de bestelling niet aan (422)" in dutch(eve, "admin/redemptions?state=released")
    assert "does not accept the order (422)" in english(eve, f"admin/redemptions/{it.id}")


def test_what_became_of_a_redemption_is_told_in_dutch_step_by_step(here):
    here.settings(approve_redemptions_above=15)
    waits = here.redeem("large", value=1_000)
    asha, eve = visitor(here, staff=False), visitor(here, staff=True)
    assert "De reden: het is meer dan er zonder goedkeuring wordt gegeven." in dutch(asha, f"me/rewards/{waits.id}")
    here.parts.redeemer.approve("acme", waits.id, by="dana@acme.example", reason="Yes", now=here.now)
    here.stand_in.fault("timeout_after")
    here.work(minutes=1)
    page = dutch(eve, f"admin/redemptions/{waits.id}")
    assert "Goedgekeurd door dana@acme.example" in page
    assert "Geen antwoord van Tremendous (" in page
    assert "Nagevraagd" in page
    for word in ("approved by", "no answer", "asked for"):
        assert word not in page.lower()
    odd = here.redeem("odd")
    here.stand_in.fault("wrong_amount")
    here.work()
    assert here.stands(odd).parked
    assert "De bestelling van de leverancier is voor" in dutch(eve, f"admin/redemptions/{odd.id}").replace("de best", "De best")
    here.parts.care.retry("acme", odd.id, by="dana@acme.example", reason="Fine", now=here.now, as_it_is=True)
    assert "Geaccepteerd door dana@acme.example" in dutch(eve, f"admin/redemptions/{odd.id}")


def test_what_differs_at_a_provider_is_a_case_in_dutch(here):
    it = here.redeem("one")
    here.work()
    here.stand_in.ordered_outside(25)
    order = next(order for order in here.stand_in.orders.values() if order["external_id"] == it.id)
    order["rewards"][0]["value"]["denomination"] = 7.5
    here.stand_in.fault_lists("ok", "500")
    here.now += timedelta(days=1)
    function("maintain").run(now=here.now)
    eve = visitor(here, staff=True)
    said = dutch(eve, "admin/cases")
    assert "De beloning van de leverancier is US$ 7,50 waard, de inwisseling was voor US$ 5,00" in said
    assert "Regel het verschil met de leverancier of met de persoon" in said
    assert f"inwisseling {it.id}" in said
    assert "Tremendous heeft een bestelling die geen inwisseling is".lower() in said.lower()
    assert "is worth $7.50, the redemption was for $5.00" in english(eve, "admin/cases")
    assert "is worth 7.50 USD, the redemption was for 5.00 USD" in str(
        [it.reason for it in Parked(wiring.database()).list("acme")]
    )
    here.stand_in.fault_lists("500", "500", "500", "500")
    here.now += timedelta(days=1)
    function("maintain").run(now=here.now)
    assert "er ging bij Tremendous iets mis (500)" in dutch(eve, "admin/redemptions")


def test_why_a_message_did_not_go_is_read_in_dutch(desk):
    desk.here.tenants.put(replace(desk.here.tenants.get("acme"), sending_hours=(0, 24)))
    desk.house.again().deal(1, "Closed Won")
    desk.house.deal(2, "Closed Won", after=1, owner=desk.person("bob").identities["salesforce"])
    send, found, database = function("send_email"), {}, wiring.database()
    for id_ in ("asha", "bob"):
        (it,) = desk.here.deliveries.of_person("acme", desk.person(id_).number, 1)
        assert "said" not in database.get(database.deliveries, (f"DELIVERY#{it.id}", "DELIVERY"))
        body = SendDelivery(delivery=it.id).to_json()
        send.handler({"Records": [{"messageId": "1", "body": body}]}, LambdaContext())
        found[id_] = desk.here.deliveries.get(it.id)
    assert (found["asha"].channel, found["bob"].state) == (Channel.SMS, DeliveryState.PARKED)
    assert found["bob"].outcome == "email refused: MessageRejected; no other way (email: failed before)"
    dana = desk.staff()
    page = dutch(dana, f"admin/messages/{found['bob'].id}")
    assert "E-mail: geweigerd: MessageRejected; geen andere weg (E-mail: eerder mislukt)" in page
    assert "no other way" not in page
    assert "E-mail: geweigerd: MessageRejected" in dutch(dana, f"admin/messages/{found['asha'].id}")
    assert "E-mail: refused: MessageRejected; no other way (E-mail: failed before)" in english(dana, "admin/messages")
    number, now = desk.person("bob").number, desk.house.now
    desk.house.people.update(replace(desk.person("bob"), email=None))
    assert "Er is nu geen weg: E-mail: geen adres." in dutch(dana, f"admin/messages/{found['bob'].id}")
    desk.house.deal(3, "Closed Won", after=2, owner=desk.person("bob").identities["salesforce"])
    newest = next(desk.here.deliveries.of_person("acme", number, 1))
    assert (newest.state, newest.outcome) == (DeliveryState.SUPPRESSED, "email: no address")
    assert "E-mail: geen adres" in dutch(dana, f"admin/messages/{newest.id}")
    desk.house.people.suppress("acme", Channel.SMS, "+31612345642", reason="replied STOP", now=now)
    assert "Gestopt: antwoordde STOP" in dutch(dana, f"admin/people/{desk.person('asha').number}")


def test_the_log_of_a_program_is_read_in_dutch_and_what_was_kept_before_is_english(desk):
    text = adapted(preset("cycle-time"), starts=desk.house.now.date().replace(day=1), id_="quick")
    asked = Asked("anna@acme.example", ghost=True)
    desk.here.publishing.publish(text, file="quick.yaml", tenant="acme", asked=asked, now=desk.house.now)
    desk.house.again()
    dana, page = desk.staff(), "admin/programs/quick/live"
    day = desk.house.now.date() + timedelta(days=400)
    for fields in ({"do": "live", "version": "1"}, {"do": "retire", "on": day.isoformat()}):
        token = re.search(r'name="csrf" value="([^"]*)"', dana.get(f"{page}?lang=nl"))[1]
        dana.post(page, {"csrf": token, "reason": "Het past"} | fields)
    said = dutch(dana, page)
    assert "versie 1 gepubliceerd als schaduw" in said
    assert "versie 1 gaat live" in said
    assert f"eindigt op {NL.date(day)}" in said
    assert "published as" not in said
    assert '<span lang="en">' not in dana.text
    assert f"retires on {day}" in [str(it.what) for it in desk.here.programs.states.changes("acme", "quick")]
    database = wiring.database()
    for row in database.query(database.state, "TENANT#acme", sk_prefix="CHANGE#quick"):
        database.put(database.state, {name: value for name, value in row.items() if name != "said"})
    assert "version 1 published as ghost" in dutch(dana, page)
    assert '<span lang="en">' in dana.text


def test_rows_of_a_file_that_a_back_test_left_out_are_told_in_dutch(desk):
    text = adapted(preset("cycle-time"), starts=desk.house.now.date().replace(day=1), id_="quick")
    desk.here.programs.drafts.save("acme", "quick", text, seen=0, by="anna@acme.example", now=desk.house.now)
    dana, page = desk.staff(), "admin/programs/quick/simulate"
    dana.get(f"{page}?lang=nl")
    example = unescape(re.search(r"(export:.*?)</textarea>", dana.text, re.DOTALL)[1])
    token = re.search(r'name="csrf" value="([^"]*)"', dana.text)[1]
    good = "1,Dana,10,Won,2026-01-01,2026-01-02\n"
    rows = f"id,owner,amount,stage,created,closed\n{good}2,Dana,veel,Won,2026-01-01,2026-01-02\n3,Dana,1,Klaar,2026-01-01,\n4,x\n"
    dana.post(page, {"csrf": token, "history": "file", "type": "deal", "file": rows, "mapping": example})
    assert dana.status == 200, dana.seen
    assert "'veel' is geen bedrag. Schrijf het als 1234.50." in dana.seen
    assert "'Klaar' is geen bekende fase. Noem haar onder stages: in de veldkoppeling" in dana.seen
    assert "de regel heeft 2 cellen, de kopregel 6. Zoek naar een ontbrekende komma" in dana.seen
    assert "is not an amount" not in dana.seen


def test_a_wrong_option_of_a_kpi_is_said_in_dutch(desk):
    text = adapted(preset("cycle-time"), starts=desk.house.now.date().replace(day=1), id_="quick")
    desk.here.programs.drafts.save("acme", "quick", text, seen=0, by="anna@acme.example", now=desk.house.now)
    dana = desk.staff()
    token = re.search(r'name="csrf" value="([^"]*)"', dana.get("admin/programs/quick?lang=nl"))[1]
    here = {"HX_Request": "true", "HX_Current_URL": "https://rewards.acme.example/live/admin/programs/quick"}
    goal = "{id: g, title: G, kind: kpi, kpi: close_rate, options: {of: lost}, at_least: 0.5, period: month, points: 1}"
    wrong = re.sub(r"milestones:.*", f"milestones:\n  - {goal}\n", text, flags=re.DOTALL)
    dana.post("admin/programs/quick/checked?from=yaml", {"csrf": token, "text": wrong}, **here)
    assert "Optie 'of' van close_rate is een van closed, opened, pipeline; 'lost' niet." in dana.seen


def test_why_an_award_waits_is_said_in_dutch():
    assert why_waits(NL, "discount_depth") == "Een signaal merkte op: veel korting."
    assert "odd one" in why_waits(NL, "odd_one")
    assert set(NAMES) == set(SIGNALS)
