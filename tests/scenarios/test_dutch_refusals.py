"""A Dutch page refuses in Dutch, with its reader's numbers; the API and the command line say the same in English."""

import re
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from tests.contract.api_world import World
from tests.scenarios.desk import Desk, send
from tests.scenarios.earning import Firm

from accolade.flows.disputes import About
from accolade.model.catalog import Option
from accolade.model.participants import Channel
from accolade.model.redemptions import RedemptionState
from accolade.programs.preset_files import adapted, preset
from accolade.store.keyring import MAX_KEYS
from accolade.texts import texts

NL = {"accept-language": "nl-NL,nl;q=0.9,en;q=0.5"}


@pytest.fixture
def firm(linked):
    return Firm(linked)


@pytest.fixture
def desk(linked):
    return Desk(linked)


def sent(browser, page, path, **fields):
    """What a Dutch page says after a form of it was sent."""
    found = re.search(r'name="csrf" value="([^"]*)"', browser.get(f"{page}{'&' if '?' in page else '?'}lang=nl"))
    assert found, browser.seen
    browser.post(path, {"csrf": found[1]} | fields)
    return browser.seen


def test_a_shop_refuses_in_the_language_of_whoever_shops(firm):
    asha = firm.signed_in()
    said = sent(asha, "me/shop/bol", "me/shop/bol", option="1000:500", key="key-number-one")
    assert asha.status == 422
    assert "Je hebt hiervoor niet genoeg punten. Kies een kleinere waarde." in said
    assert "enough points" not in said
    firm.parts.catalog.put(replace(firm.parts.catalog.get("acme", "bol"), options=(Option(1_000, 550),)))
    assert "De prijs is veranderd." in sent(asha, "me/shop/bol", "me/shop/bol", option="1000:500", key="key-number-two")
    english = firm.signed_in()
    send(english, "me/shop/bol", "me/shop/bol", option="1000:500", key="key-number-two")
    assert "The price has changed. Look at the new price, and decide again." in english.seen


def test_preferences_and_questions_are_refused_in_dutch(firm):
    firm.earn()
    asha = firm.signed_in()
    said = sent(asha, "me/preferences", "me/preferences", first="email", second="email", language="nl")
    assert "Elke weg kies je één keer, en minstens één." in said
    said = sent(asha, "me/preferences", "me/preferences", first="email", second="whatsapp", language="nl")
    assert "Deze weg heeft je toestemming nodig. Zet het vinkje, of laat hem weg." in said
    for number in range(10):
        about = About(1, "", "", "", "a line", "")
        firm.here.disputes.open(firm.person(), f"Question {number}", about, key=f"k{number}", now=firm.house.now)
    said = sent(asha, "me/disputes/line/1", "me/disputes/new", line="1", text="Nog een", key="k")
    assert "10 van je vragen wachten op antwoord. Wacht op een antwoord, en vraag het dan opnieuw." in said
    assert "of your questions" not in said


def test_a_code_that_is_not_right_is_refused_in_dutch(firm):
    asha = firm.linked()
    sent(asha, "sign-in/code", "sign-in/code", channel=Channel.EMAIL)
    assert asha.place.startswith("sign-in/type")
    asha.submit(code="000000")
    assert "Deze code klopt niet, of werkt niet meer. Typ hem opnieuw" in asha.seen
    assert "not right" not in asha.seen


def test_a_page_that_is_too_old_and_a_form_that_is_too_large_say_so_in_dutch(firm):
    asha = firm.signed_in()
    asha.get("me/wallet?lang=nl")
    asha.post("me/preferences", {"csrf": "of-another-day"})
    assert asha.status == 403
    assert "De pagina is te oud. Laad de pagina opnieuw en verstuur het formulier nog eens." in asha.seen
    asha.post("me/preferences", {"csrf": "x" * 2_100_000})
    assert "Het formulier is te groot." in asha.seen


def test_a_manager_reads_in_dutch_what_became_of_a_nomination(desk):
    flow, bob = desk.here.nominations("acme"), desk.person("bob")
    by = desk.person("maria").number
    made = flow.nominate(bob, "race/helpful", by=by, reason="Kind", now=desk.house.now)
    flow.decline(made.id, by="dana@acme.example", reason="Not now", now=desk.house.now + timedelta(minutes=1))
    maria = desk.signed_in("maria")
    said = sent(maria, "team/nominate", "team/nominate", act="withdraw", nomination=made.id, reason="Toch niet")
    assert maria.status == 422
    assert "De voordracht is al afgeslagen." in said
    assert "declined before" not in said


def test_staff_decide_about_redemptions_and_are_refused_in_dutch(firm):
    firm.earn()
    it = firm.parts.redeemer.redeem("acme", firm.person().number, "bol", 1_000, "key-one", now=firm.house.now, actor="asha")
    assert it.state is RedemptionState.HELD
    dana = firm.admin()
    page = f"admin/redemptions/{it.id}"
    said = sent(dana, page, page, act="approve", reason="Mag wel")
    assert "Dit wacht niet meer op goedkeuring; de status is 'te bestellen'." in said
    assert "it is held" not in said


PEOPLE = 'id,name,email,phone,zone\nasha,Asha,nope,,\nb b,"<b>Bé</b>",,,\nc,Cas,,12,\nd,Dirk,,,Europe/Amsterdm\n'


def test_the_lines_of_a_file_of_people_are_refused_in_dutch_and_what_was_typed_stays_text(desk):
    dana = desk.staff()
    said = sent(dana, "admin/people/import", "admin/people/import", text=PEOPLE)
    assert "Dit is geen e-mailadres" in said or "dit is geen e-mailadres" in said
    assert "'b b' is geen id" in said
    assert "vul country in" in said
    assert "Bedoelde je Europe/Amsterdam?" in said
    assert "is not" not in said
    assert "<b>Bé" not in dana.text
    said = sent(dana, "admin/people/import", "admin/people/import", text="id,name,colour<i>\nx,X,red\n")
    assert "regel 1: Kolom 'colour<i>' is niet bekend. De kolommen zijn id, name," in said
    assert "<i>" not in dana.text
    many = "id,name\n" + "\n".join(f"p{number},P" for number in range(20_001))
    assert "Het bestand heeft meer dan 20.000 regels." in sent(dana, "admin/people/import", "admin/people/import", text=many)


def test_merging_and_erasing_are_refused_in_dutch(desk):
    dana, bob, chen = desk.staff(), desk.person("bob").number, desk.person("chen").number
    said = sent(dana, f"admin/people/{bob}/merge", f"admin/people/{bob}/merge", other=bob, reason="Dubbel")
    assert "Dit is al een en dezelfde deelnemer. Kies een andere." in said
    send(dana, f"admin/people/{chen}/merge?other={bob}", f"admin/people/{chen}/merge", other=bob, reason="Double")
    assert dana.place.endswith("done=merged")
    said = sent(dana, f"admin/people/{bob}", f"admin/people/{chen}/merge", other=bob, reason="Nog eens")
    assert f"{chen} is al samengevoegd met {bob}. Kies in plaats daarvan die." in said


def test_a_catalog_and_its_codes_are_refused_in_dutch(firm):
    dana = firm.admin()
    item = {"id": "tea", "title": "Thee", "provider": "stock", "currency": "EUR", "options": "5 = veel", "active": "1"}
    said = sent(dana, "admin/shop/new", "admin/shop/new", **item)
    assert "Punten zijn een geheel getal boven 0. Schrijf het als 1000." in said
    said = sent(dana, "admin/shop/new", "admin/shop/new", **(item | {"options": "5 = 500", "countries": "Nederland"}))
    assert "'Nederland' is geen land. Gebruik twee letters, zoals NL." in said
    said = sent(dana, "admin/shop/bol", "admin/shop/bol/codes", codes="10,AAAA-1111,1\n10,AAAA-1111,1\n7,BBBB-2222,1")
    assert "Regel 2: deze code staat al op regel 1. Haal een van de regels weg." in said
    assert "Regel 3: het artikel heeft die waarde niet." in said
    assert "stands on line" not in said


def test_budgets_connections_providers_and_keys_are_refused_in_dutch(desk):
    dana = desk.staff()
    desk.house.deal(1, "Closed Won")
    page = "admin/connections/add/hubspot"
    said = sent(dana, page, page, id="Not An Id", external="123", reason="Nieuw")
    assert "is not a connection id" not in said
    provider = {"api_base": "http://169.254.169.254", "per_minute": "10", "key": "k"}
    said = sent(dana, "admin/providers/tremendous", "admin/providers/tremendous", **provider)
    assert "Dit adres mag niet worden aangeroepen. Gebruik https en een van" in said
    for number in range(MAX_KEYS):
        life = timedelta(days=1)
        desk.here.keyring.add("acme", f"key {number}", scopes={"people"}, now=desk.house.now, by="dana", life=life)
    said = sent(dana, "admin/keys", "admin/keys", name="one more", days="10", scope="people")
    assert "Er zijn 50 sleutels. Trek er een in die niet wordt gebruikt, en haal hem van de lijst." in said
    dana.post("admin/keys/nokey/revoke", {"csrf": "x"})
    assert dana.status == 403


def test_a_programs_life_is_refused_in_dutch_with_the_readers_dates(desk):
    dana = desk.staff()
    today = desk.house.now.date()
    live = "admin/programs/race/live"
    said = sent(dana, live, live, do="retire", on=today.isoformat(), reason="Klaar")
    assert f"{texts('nl').date(today)} 00:00 in" in said
    assert "is niet minstens 2 minuten later" in said
    assert "minutes ahead" not in said


def test_problems_of_a_program_are_said_in_dutch_while_somebody_types(desk):
    text = adapted(preset("cycle-time"), starts=desk.house.now.date().replace(day=1), id_="quick")
    desk.here.programs.drafts.save("acme", "quick", text, seen=0, by="anna@acme.example", now=desk.house.now)
    dana = desk.staff()
    dana.get("admin/programs/quick?lang=nl")
    page = dana.text
    token = re.search(r'name="csrf" value="([^"]*)"', page)[1]
    here = {"HX_Request": "true", "HX_Current_URL": "https://rewards.acme.example/live/admin/programs/quick"}
    wrong = re.sub(r"time_zone: \S+", "time_zone: Europe/Amsterdm", text.replace("kind: record", "kind: '<i>soort'"))
    dana.post("admin/programs/quick/checked?from=yaml", {"csrf": token, "text": wrong}, **here)
    assert "is geen soort doel. Er zijn" in dana.seen
    assert "<i>soort is geen" in dana.seen
    assert "<i>soort is" not in dana.text
    assert "Europe/Amsterdm is geen tijdzone. Bedoelde je Europe/Amsterdam?" in dana.seen
    assert "is not" not in dana.seen
    dana.post("admin/programs/quick/checked?from=yaml", {"csrf": token, "text": "id: quick\ntitle: ["}, **here)
    assert "Dit is geen YAML" in dana.seen
    desk.here.programs.drafts.save("acme", "bare", "id: bare\ntitle: Kaal\n", seen=0, by="anna", now=desk.house.now)
    sent(dana, "admin/programs/bare", "admin/programs/bare/live", do="publish", revision="1")
    assert "Het programma zegt niet wanneer het begint" in dana.seen


def test_a_history_that_does_not_fit_its_mapping_is_refused_in_dutch(desk):
    text = adapted(preset("cycle-time"), starts=desk.house.now.date().replace(day=1), id_="quick")
    desk.here.programs.drafts.save("acme", "quick", text, seen=0, by="anna@acme.example", now=desk.house.now)
    dana, page = desk.staff(), "admin/programs/quick/simulate"
    dana.get(page)
    example = unescape(re.search(r"(export:.*?)</textarea>", dana.text, re.DOTALL)[1])
    rows = "id,owner,amount,stage,created,closed\n1,Dana,10,Won,2026-01-01,2026-01-02\n"
    file = {"history": "file", "type": "deal", "file": rows}
    said = sent(dana, page, page, **file, mapping=example.replace("amount: amount", "amount: worth"))
    assert "Kolom 'worth' ontbreekt." in said
    assert "is missing" not in said
    assert "Dit is geen YAML" in sent(dana, page, page, **file, mapping="export: [")
    assert "Het onderdeel ontbreekt. Het zegt welke kolom wat is." in sent(dana, page, page, **file, mapping="a: b")


def test_the_command_validates_in_english(command, monkeypatch, tmp_path):
    monkeypatch.setenv("LANG", "nl_NL.UTF-8")
    (tmp_path / "bare.yaml").write_text("id: bare\ntitle: Kaal\n")
    said = command.run("program", "validate", str(tmp_path / "bare.yaml"), status=1) + command.said
    assert "the program does not say when it starts: write effective: {from: 2026-01-01}" in " ".join(said.split())
    assert "begint" not in said


def test_the_api_says_the_same_in_english_whatever_the_browser_prefers(linked):
    world = World(linked)
    key = world.callers["key"]
    status, _, problem = world.ask(key, "GET", "/api/v1/people/nobody", headers=NL)
    assert (status, problem["detail"]) == (404, "there is no participant 'nobody'")
    rep, wish = world.callers["rep"], {"item": "card-acme", "value": 500, "points": 99}
    status, _, problem = world.ask(
        rep, "POST", "/api/v1/me/redemptions", body=wish, headers=NL | {"Idempotency-Key": "a-wish-of-asha"}
    )
    assert (status, problem["detail"]) == (403, "the price has changed. Look at the new price, and decide again")
    one = {"email": "nope", "name": "Cas"}
    status, _, problem = world.ask(key, "PUT", "/api/v1/people/cas", body=one, headers=NL)
    assert status == 422
    assert "this is not an e-mail address" in str(problem)


def test_the_command_line_says_the_same_in_english(command, monkeypatch, tmp_path):
    for name in ("LANG", "LC_ALL", "LANGUAGE"):
        monkeypatch.setenv(name, "nl_NL.UTF-8")
    command.run("tenant", "add", "acme", "--name", "Acme")
    (tmp_path / "people.csv").write_text("id,name,email\nasha,Asha,nope\n")
    said = command.run("participant", "import", str(tmp_path / "people.csv"), "--tenant", "acme", status=1) + command.said
    assert "this is not an e-mail address. Write it as name@example.com" in " ".join(said.split())
    command.run("participant", "show", "nobody", "--tenant", "acme", status=1)
    assert "there is no participant 'nobody'" in command.said
    assert "accolade participant list shows those there are" in " ".join(command.said.split())
