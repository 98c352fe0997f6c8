"""HubSpot's signatures: official vectors, the SDK as oracle, and every forgery that we know of."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hubspot.utils.signature import Signature
from hypothesis import given, settings
from hypothesis import strategies as st

from accolade.crm import WebhookRequest
from accolade.crm.hubspot import ADAPTER, HubSpot, signature
from accolade.model.connections import Connection
from accolade.model.errors import Forged
from accolade.model.times import from_millis, to_millis

SECRET = "yyyyyyyy-yyyy-yyyy-yyyy-yyyyyyyyyyyy"
URL = "https://www.example.com/webhook_uri"
NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
BODY = '[{"eventId":1,"note":"café"}]'.encode()
V1_BODY = (
    b'[{"eventId":1,"subscriptionId":12345,"portalId":62515,"occurredAt":1564113600000,'
    b'"subscriptionType":"contact.creation","attemptNumber":0,"objectId":123,"changeSource":"CRM","changeFlag":"NEW","appId":54321}]'
)


def connection(**changes):
    return Connection("hs", "acme", "hubspot", "62515", NOW, NOW, **({"secret": "hs-secret"} | changes))


def signed(body=BODY, *, url=URL, method="POST", query="", at=NOW, secret=SECRET, **headers):
    stamp = str(to_millis(at))
    uri = f"{url}?{query}" if query else url
    given = {
        "x-hubspot-signature-v3": signature.sign_v3(secret, method=method, uri=uri, body=body, timestamp=stamp),
        "x-hubspot-request-timestamp": stamp,
    }
    return WebhookRequest(method=method, headers=given | headers, body=body, query=query)


def verify(request, *, url=URL, now=NOW, adapter=ADAPTER, to=None):
    adapter.verify(request, to or connection(), lambda name: {"hs-secret": SECRET}[name], now=now, url=url)


def test_the_official_v3_vector_holds():
    made = signature.sign_v3(SECRET, method="POST", uri=URL, body=b"{'example_field':'example_value'}", timestamp="1693657560000")
    assert made == "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y="


def test_the_official_v2_vectors_hold():
    empty = signature.sign_v2(SECRET, method="GET", uri=URL, body=b"")
    body = signature.sign_v2(SECRET, method="POST", uri=URL, body=b'{"example_field":"example_value"}')
    assert empty == "eee2dddcc73c94d699f5e395f4b9d454a069a6855fbfa152e91e88823087200e"
    assert body == "9569219f8ba981ffa6f6f16aa0f48637d35d728c7e4d93d0d52efaa512af7900"


def test_the_query_is_signed_with_exactly_twelve_escapes_decoded():
    made = signature.sign_v3(
        "unit-test-secret",
        method="POST",
        uri="https://hooks.example.com/hubspot?tenant=a%2Fb%3Dc%20d&x=%40me",
        body='[{"eventId":7,"note":"café"}]'.encode(),
        timestamp="1700000000000",
    )
    assert made == "Qoto7lRjQl7CeZNNgdpVLHrEhfK2ZSsx0+e70+tkTpw="


def test_lower_case_escapes_are_decoded_too_and_a_decoded_percent_is_not_decoded_again():
    same = [
        signature.sign_v3("s", method="POST", uri=uri, body=b"", timestamp="1")
        for uri in ("https://h/x?a=%2f", "https://h/x?a=%2F", "https://h/x?a=/")
    ]
    assert len(set(same)) == 1
    assert signature.sign_v3("s", method="POST", uri="https://h/x?a=%252F", body=b"", timestamp="1") not in same


@settings(max_examples=50)
@given(body=st.text(st.characters(codec="utf-8"), max_size=200), stamp=st.integers(min_value=0, max_value=10**13))
def test_we_sign_as_the_vendors_own_client_does(body, stamp):
    theirs = Signature.get_signature(SECRET, body, "v3", http_uri=URL, timestamp=str(stamp))
    assert signature.sign_v3(SECRET, method="POST", uri=URL, body=body.encode(), timestamp=str(stamp)) == theirs
    theirs = Signature.get_signature(SECRET, body, "v2", http_uri=URL)
    assert signature.sign_v2(SECRET, method="POST", uri=URL, body=body.encode()) == theirs


def test_what_the_official_vector_signs_is_taken_in_its_window_and_not_outside():
    stamp = 1693657560000
    request = WebhookRequest(
        "POST",
        {
            "x-hubspot-signature-v3": "K36dawei4A+QBNolUOqo7s91KQDWQ5MXZ/QufNYuk/Y=",
            "x-hubspot-request-timestamp": str(stamp),
        },
        b"{'example_field':'example_value'}",
    )
    for offset in (-300_000, 0, 300_000):
        verify(request, now=from_millis(stamp + offset))
    for offset in (-300_001, 300_001, -86_400_000, 86_400_000):
        with pytest.raises(Forged):
            verify(request, now=from_millis(stamp + offset))


def test_a_signed_request_with_a_query_is_taken():
    assert verify(signed(query="tenant=a%2Fb%3Dc%20d&x=%40me")) is None, "nothing is raised"


@pytest.mark.parametrize(
    "request_",
    [
        signed(secret="another"),
        signed(method="PUT", **{"x-hubspot-request-timestamp": str(to_millis(NOW) + 1)}),
        signed(at=NOW + timedelta(days=1)),
        signed(at=NOW - timedelta(minutes=6)),
        signed(url="https://www.example.com/other"),
        signed(url="http://www.example.com/webhook_uri"),
        signed(**{"x-hubspot-signature-v3": ""}),
        signed(**{"x-hubspot-signature-v3": "é" * 44}),
        signed(**{"x-hubspot-signature-v3": "\ud800"}),
        signed(**{"x-hubspot-request-timestamp": ""}),
        signed(**{"x-hubspot-request-timestamp": "NaN"}),
        signed(**{"x-hubspot-request-timestamp": "1e12"}),
        signed(**{"x-hubspot-request-timestamp": "9" * 400}),
        signed(**{"x-hubspot-request-timestamp": "١٢٣"}),
        WebhookRequest("POST", {}, BODY),
        WebhookRequest("POST", {"x-hubspot-signature": None, "x-hubspot-signature-version": None}, BODY),
        WebhookRequest("POST", {"x-hubspot-signature": "", "x-hubspot-signature-version": "v2"}, BODY),
        WebhookRequest("POST", {"x-hubspot-signature": "x", "x-hubspot-signature-version": "v9"}, BODY),
    ],
)
def test_forgeries_are_refused_without_a_crash(request_):
    with pytest.raises(Forged):
        verify(request_)


def test_another_body_method_or_query_under_a_good_signature_is_refused():
    good = signed(query="a=1")
    for other in (
        WebhookRequest("POST", good.headers, BODY + b" ", "a=1"),
        WebhookRequest("PUT", good.headers, BODY, "a=1"),
        WebhookRequest("POST", good.headers, BODY, "a=2"),
        WebhookRequest("POST", good.headers, BODY),
    ):
        with pytest.raises(Forged):
            verify(other)


def v2(body=BODY, **headers):
    mac = signature.sign_v2(SECRET, method="POST", uri=URL, body=body)
    return WebhookRequest("POST", {"x-hubspot-signature": mac, "x-hubspot-signature-version": "v2"} | headers, body)


def test_a_workflow_action_signs_v2():
    verify(v2())
    with pytest.raises(Forged):
        verify(v2(), url="https://www.example.com/else")


def test_a_bad_v3_is_not_rescued_by_a_good_v2():
    with pytest.raises(Forged):
        verify(v2(**{"x-hubspot-signature-v3": "bad", "x-hubspot-request-timestamp": str(to_millis(NOW))}))
    with pytest.raises(Forged):
        verify(v2(**{"x-hubspot-signature-v3": ""}))


def test_v1_is_refused_unless_configured():
    mac = "232db2615f3d666fe21a8ec971ac7b5402d33b9a925784df3ca654d05f4817de"
    request = WebhookRequest("POST", {"x-hubspot-signature": mac, "x-hubspot-signature-version": "v1"}, V1_BODY)
    with pytest.raises(Forged):
        verify(request)
    verify(request, adapter=HubSpot(allow_v1=True))


def test_a_v1_digest_does_not_pass_as_v2():
    mac = hashlib.sha256(SECRET.encode() + BODY).hexdigest()
    with pytest.raises(Forged):
        verify(WebhookRequest("POST", {"x-hubspot-signature": mac, "x-hubspot-signature-version": "v2"}, BODY))


def test_without_a_secret_nothing_passes():
    empty = base64.b64encode(hmac.digest(b"", f"POST{URL}".encode() + BODY + b"1", "sha256")).decode()
    request = WebhookRequest("POST", {"x-hubspot-signature-v3": empty, "x-hubspot-request-timestamp": "1"}, BODY)
    with pytest.raises(Forged):
        verify(request, now=from_millis(1), to=connection(secret=None))
    with pytest.raises(Forged):
        signature.check(request, "", url=URL, now=from_millis(1))
