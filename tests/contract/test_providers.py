"""Every provider of rewards keeps the port's promises; a new folder needs a rig here, or this fails."""

import hmac
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from importlib import import_module
from pkgutil import walk_packages

import boto3
import pytest
from moto import mock_aws
from tests.scenarios.stack import Stack

from accolade import providers, wiring
from accolade.flows.provider_accounts import TenantCodes
from accolade.model.catalog import ProviderAccount
from accolade.model.errors import AccoladeError, Forged, Missing, Rejected, Retry, UnknownOutcome
from accolade.model.money import Money
from accolade.providers import Order, Progress, Provider
from accolade.providers.tremendous import PROGRESS, Calls
from accolade.providers.tremendous import calls as tremendous_calls
from accolade.store.stock import Stock as Codes
from rewards.tremendous import StandIn

NOW = datetime(2026, 3, 1, tzinfo=UTC)
CODES = 5
ORDER = Order("p000001xabcdefgh", "coffee", "OKMHM2X2OHYV", Money(1_999, "USD"), "Asha Rao", "en")


@dataclass
class Rig:
    """A provider ready to be asked, how many cards it has made, and where the size of a page of its list is set."""

    provider: Provider
    cards: Callable[[], int]
    page: str
    stand_in: StandIn | None = None


@contextmanager
def tremendous():
    stand_in = StandIn(token="TEST_key", late_after=None).start()
    stand_in.clock = lambda: NOW
    account = ProviderAccount("acme", "tremendous", stand_in.base_url, "key", settings={"funding_source": "FUND0001"})
    try:
        made = providers.adapter("tremendous").connect(account, secret=lambda name: "TEST_key", codes=None)
        yield Rig(made, lambda: len(stand_in.orders), "accolade.providers.tremendous.PAGE", stand_in)
    finally:
        stand_in.stop()


@contextmanager
def stock():
    with pytest.MonkeyPatch.context() as patch, mock_aws():
        for name, value in {"DEFAULT_REGION": "us-east-1", "ACCESS_KEY_ID": "testing", "SECRET_ACCESS_KEY": "testing"}.items():
            patch.setenv(f"AWS_{name}", value)
        patch.setattr(boto3, "DEFAULT_SESSION", None)
        made = Stack()
        for name, value in made.settings.items():
            patch.setenv(name.upper(), value)
        wiring.point_at({})
        codes: Codes = wiring.house(lambda event, **fields: None).redeeming.stock
        for number in range(CODES):
            codes.add("acme", "coffee", value=1_999, code=f"CODE-{number}", pin="", now=NOW)
        taken = providers.adapter("stock").connect(
            ProviderAccount("acme", "stock"),
            secret=lambda name: "",
            codes=TenantCodes("acme", codes, lambda: ["apples", "coffee", "tea"]),
        )
        left = partial(codes.count, "acme", "coffee")
        yield Rig(taken, lambda: CODES - left().get(1_999, 0), "accolade.flows.provider_accounts.PAGE")
    wiring.point_at({})


RIGS = {"stock": stock, "tremendous": tremendous}


@pytest.fixture(params=providers.names())
def rig(request):
    with RIGS[request.param]() as made:
        yield made


def test_every_folder_is_tested_here():
    assert set(RIGS) == set(providers.names())


@pytest.mark.parametrize("name", providers.names())
def test_an_adapter_says_who_it_is_and_has_one_table_of_errors(name):
    adapter = providers.adapter(name)
    assert adapter.name == name
    assert adapter.replay in ("replay", "unique")
    assert all(host == host.lower() and "/" not in host for host in adapter.api_hosts)
    package = import_module(f"accolade.providers.{name}")
    modules = [package, *(import_module(it.name) for it in walk_packages(package.__path__, f"{package.__name__}."))]
    tables = [module.ERRORS for module in modules if "ERRORS" in vars(module)]
    assert len(tables) == 1
    for row in tables[0].values():
        assert issubclass(row[0], (Retry, Rejected, UnknownOutcome))


def test_an_unknown_provider_is_refused():
    with pytest.raises(Rejected):
        providers.adapter("../stock")


def test_what_was_never_ordered_is_not_there(rig):
    assert rig.provider.find(ORDER) is None
    assert rig.cards() == 0


def test_an_order_is_placed_found_and_shown(rig):
    placed = rig.provider.order(ORDER, now=NOW)
    assert (placed.progress, placed.value) == (Progress.DONE, ORDER.value)
    assert rig.provider.find(ORDER) == replace(placed, note=rig.provider.find(ORDER).note)
    shown = rig.provider.reveal(ORDER, placed.reward)
    assert bool(shown.link) != bool(shown.code)
    assert rig.cards() == 1


def test_the_same_key_twice_is_one_card(rig):
    first = rig.provider.order(ORDER, now=NOW)
    if rig.provider.replay == "replay":
        assert rig.provider.order(ORDER, now=NOW) == first
    else:
        with pytest.raises(UnknownOutcome):
            rig.provider.order(ORDER, now=NOW)
    assert rig.cards() == 1


def test_two_keys_are_two_cards(rig):
    first, second = (rig.provider.order(replace(ORDER, key=key), now=NOW) for key in ("p000001xaaaa", "p000001xbbbb"))
    assert first.reward != second.reward
    assert rig.cards() == 2


def test_an_order_is_found_by_its_key_alone(rig):
    placed = rig.provider.order(ORDER, now=NOW)
    found = rig.provider.find(replace(ORDER, name="", language="nl"))
    assert (found.order, found.reward, found.value) == (placed.order, placed.reward, placed.value)


def listed(rig, since=NOW, until=NOW):
    """The whole list of a period, page by page, and how many pages it has."""
    found, place, pages = [], "", 0
    while place or not pages:
        page = rig.provider.orders(since, until, place=place)
        assert pages < 20
        found, place, pages = [*found, *page.listed], page.further, pages + 1
    return found, pages


def test_an_account_without_orders_has_an_empty_list(rig):
    assert listed(rig, NOW - timedelta(days=400), NOW)[0] == []


def test_what_is_ordered_is_in_the_list_as_it_is_found_by_its_key(rig):
    placed = rig.provider.order(ORDER, now=NOW)
    (it,) = listed(rig)[0]
    assert (it.key, it.order, it.reward, it.progress) == (ORDER.key, placed.order, placed.reward, placed.progress)
    assert (it.minor, it.currency or ORDER.value.currency) == (ORDER.value.minor, ORDER.value.currency)
    assert datetime.fromisoformat(it.placed_at) == NOW
    assert it.wrong == ""


def test_the_list_is_of_its_period(rig):
    rig.provider.order(ORDER, now=NOW)
    moment = timedelta(milliseconds=1)
    assert listed(rig, NOW - timedelta(days=1), NOW - moment)[0] == []
    assert listed(rig, NOW + moment, NOW + timedelta(days=1))[0] == []
    assert len(listed(rig, NOW - timedelta(days=1), NOW + timedelta(days=1))[0]) == 1


@pytest.mark.parametrize("many", range(1, CODES + 1))
def test_pages_hold_every_order_once(rig, many, monkeypatch):
    monkeypatch.setattr(rig.page, 2)
    keys = [f"p000001x{letter}" for letter in "abcde"[:many]]
    for key in keys:
        rig.provider.order(replace(ORDER, key=key), now=NOW)
    found, pages = listed(rig)
    assert sorted(it.key for it in found) == keys
    assert pages >= many / 2, "a page is bounded"


def test_the_list_names_nobody(rig):
    rig.provider.order(ORDER, now=NOW)
    assert "Asha" not in repr(listed(rig))


def test_a_value_that_is_not_sold_is_refused_for_good():
    with stock() as rig, pytest.raises(Rejected):
        rig.provider.order(replace(ORDER, value=Money(1, "USD")), now=NOW)


def test_balance_and_products_can_be_asked_for(rig):
    assert all(isinstance(it, Money) for it in rig.provider.balance())
    assert isinstance(rig.provider.products(), list)


# ---- Tremendous


@pytest.fixture
def vendor():
    with tremendous() as made:
        yield made


@pytest.mark.parametrize("status", [*tremendous_calls.ERRORS, 301, 418, 505, 599])
def test_every_status_means_what_the_table_says(vendor, status):
    vendor.stand_in.fault(str(status))
    row = tremendous_calls.ERRORS.get(status)
    expected = row[0] if row else (UnknownOutcome if status >= 500 else Retry)
    with pytest.raises(AccoladeError) as error:
        vendor.provider.order(ORDER, now=NOW)
    assert type(error.value) is (Rejected if expected is Missing else expected)
    assert "as the test says" not in str(error.value), "what the vendor wrote may name a person"
    assert vendor.cards() == 0


@pytest.mark.parametrize("fault", ["timeout_before", "timeout_after", "500_after", "late", "another"])
def test_an_answer_that_does_not_come_leaves_it_open(vendor, fault):
    vendor.stand_in.fault(fault)
    with pytest.raises(UnknownOutcome):
        vendor.provider.order(ORDER, now=NOW)


def test_a_provider_that_takes_its_time_is_not_waited_for(vendor, monkeypatch):
    monkeypatch.setattr(tremendous_calls, "READ_SECONDS", 0.2)
    slow = replace(vendor.provider, calls=Calls(vendor.stand_in.base_url, "TEST_key"))
    vendor.stand_in.hang = 60.0  # nobody waits for its end: the thread ends with the test's process
    vendor.stand_in.fault("timeout_after")
    with pytest.raises(UnknownOutcome, match="ReadTimeoutError"):
        slow.order(ORDER, now=NOW)
    assert until(lambda: vendor.cards() == 1), "it was taken all the same, however late"


def until(true: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Whether it comes true in time."""
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.01)
    return true()


def test_a_provider_that_is_not_there_has_certainly_nothing(vendor):
    vendor.stand_in.stop()
    with pytest.raises(Retry):
        vendor.provider.order(ORDER, now=NOW)
    with pytest.raises(Retry):
        vendor.provider.find(ORDER)


def test_the_same_key_with_other_content_is_a_conflict_that_is_looked_into(vendor):
    vendor.provider.order(ORDER, now=NOW)
    with pytest.raises(UnknownOutcome):
        vendor.provider.order(replace(ORDER, value=Money(500, "USD")), now=NOW)
    assert vendor.provider.find(ORDER).value == ORDER.value
    assert vendor.cards() == 1


@pytest.mark.parametrize(
    ("value", "sent"), [(Money(1_999, "USD"), 19.99), (Money(500, "JPY"), 500.0), (Money(10**13 + 1, "USD"), 100000000000.01)]
)
def test_amounts_are_exact_on_the_wire_and_back(vendor, value, sent):
    placed = vendor.provider.order(replace(ORDER, value=value), now=NOW)
    (order,) = vendor.stand_in.orders.values()
    assert order["rewards"][0]["value"] == {"denomination": sent, "currency_code": value.currency}
    assert placed.value == value


@pytest.mark.parametrize("status", [*PROGRESS, "A NEW WORD"])
def test_statuses_have_spaces_and_a_new_one_concludes_nothing(vendor, status):
    vendor.provider.order(ORDER, now=NOW)
    vendor.stand_in.settle(ORDER.key, status)
    assert vendor.provider.find(ORDER).progress is PROGRESS.get(status, Progress.PENDING)


def test_a_wrong_key_is_nobodys_fault_but_ours(vendor):
    stranger = replace(vendor.provider, calls=Calls(vendor.stand_in.base_url, "another"))
    with pytest.raises(Retry):
        stranger.order(ORDER, now=NOW)
    assert stranger.calls.__class__ is Calls


def test_the_list_has_what_others_ordered_and_what_was_cancelled(vendor):
    vendor.provider.order(ORDER, now=NOW)
    vendor.stand_in.settle(ORDER.key, "CANCELED")
    vendor.stand_in.ordered_outside(50)
    found = {it.key: it for it in listed(vendor)[0]}
    assert set(found) == {ORDER.key, ""}
    assert found[ORDER.key].progress is Progress.FAILED
    assert (found[""].progress, found[""].minor) == (Progress.DONE, 5_000)


@pytest.mark.parametrize("status", ["301", "400", "401", "403", "404", "429", "500", "503"])
def test_a_list_that_cannot_be_had_is_asked_for_again(vendor, status):
    vendor.stand_in.fault_lists(status)
    with pytest.raises(Retry) as error:
        listed(vendor)
    assert "as the test says" not in str(error.value)
    assert listed(vendor)[0] == []


@pytest.mark.parametrize("answer", [{}, {"orders": None}, {"orders": {"0": {}}}, {"errors": []}])
def test_an_answer_that_is_no_list_is_not_taken_for_an_empty_one(vendor, answer, monkeypatch):
    monkeypatch.setattr(vendor.stand_in, "answer", lambda *asked: (200, answer))
    with pytest.raises(Retry, match="list of orders"):
        listed(vendor)


@pytest.mark.parametrize("order", [{}, {"rewards": 7}, {"rewards": [{"value": {"denomination": "NaN", "currency_code": "USD"}}]}])
def test_an_order_that_says_little_concludes_nothing(vendor, order, monkeypatch):
    monkeypatch.setattr(vendor.stand_in, "answer", lambda *asked: (200, {"orders": [order, "x", None]}))
    (it,) = listed(vendor)[0]
    assert (it.minor, it.progress) == (None, Progress.PENDING)


VECTOR = b'{"event":"ORDERS.CREATED","uuid":"u-1"}'
SIGNED = "2fb9bf8b85d53ff9309cb3156319105825c8bf79a2970e3b8df3d97124226815"


def genuine(headers, body, key):
    """Whether a webhook is taken for the provider's own."""
    try:
        providers.adapter("tremendous").verify(headers, body, key)
    except Forged:
        return False
    return True


@pytest.mark.parametrize("signature", [SIGNED, f"sha256={SIGNED}", f"sha256={SIGNED.upper()}", f" {SIGNED} "])
def test_a_signature_is_taken_with_and_without_its_prefix(signature):
    assert genuine({"tremendous-webhook-signature": signature}, VECTOR, "TEST_private_key")
    assert not genuine({"tremendous-webhook-signature": signature}, VECTOR, "TEST_another_key")


@pytest.mark.parametrize(
    ("headers", "body", "key"),
    [
        ({}, VECTOR, "TEST_private_key"),
        ({"tremendous-webhook-signature": ""}, VECTOR, ""),
        ({"tremendous-webhook-signature": f"sha256={SIGNED[:-1]}0"}, VECTOR, "TEST_private_key"),
        ({"tremendous-webhook-signature": f"sha256={SIGNED[:20]}"}, VECTOR, "TEST_private_key"),
        ({"tremendous-webhook-signature": f"sha256={SIGNED}"}, VECTOR + b" ", "TEST_private_key"),
        ({"tremendous-webhook-signature": f"sha256={SIGNED}"}, VECTOR, "another"),
        ({"tremendous-webhook-signature": f"sha256={hmac.new(b'', VECTOR, sha256).hexdigest()}"}, VECTOR, ""),
        ({"tremendous-webhook-signature": "sha256=\u2019"}, VECTOR, "TEST_private_key"),
    ],
)
def test_a_forged_webhook_is_refused(headers, body, key):
    with pytest.raises(Forged):
        providers.adapter("tremendous").verify(headers, body, key)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        VECTOR,
        b"[" * 100_000,
        b'{"event":"E","uuid":"u","payload":{"resource":[]}}',
        b'{"event":"E","uuid":"u","payload":{"resource":{"id":"../x","type":"orders"}}}',
        b"\xff",
    ],
)
def test_a_webhook_that_is_none_is_refused(body):
    with pytest.raises(Rejected):
        providers.adapter("tremendous").read_event(body)


def test_an_event_leads_to_our_key_by_its_order_and_by_its_reward(vendor):
    placed = vendor.provider.order(ORDER, now=NOW)
    adapter = providers.adapter("tremendous")
    event = adapter.read_event(vendor.stand_in.webhooks.told[-1][0])
    assert (event.name, event.kind, event.resource) == ("ORDERS.CREATED", "orders", placed.order)
    assert vendor.provider.key_of(event) == ORDER.key
    assert vendor.provider.key_of(replace(event, kind="rewards", resource=placed.reward)) == ORDER.key
    assert vendor.provider.key_of(replace(event, resource="ORD9999999")) is None
    assert vendor.provider.key_of(replace(event, kind="invoices")) is None
