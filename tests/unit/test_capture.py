"""The stand-in for AWS End User Messaging Social: what it takes, and what it is told to spoil."""

import json
import urllib.request
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError

import capture

MESSAGE = {"messaging_product": "whatsapp", "to": "+31600000042", "type": "template"}


@pytest.fixture
def address() -> Iterator[str]:
    """A running stand-in."""
    with capture.Capture() as server:
        yield server.base_url


@pytest.fixture
def social(address: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The client that send_whatsapp uses, reaching the stand-in as functions on the local cloud do."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_SOCIALMESSAGING", address)
    for name, value in {"ACCESS_KEY_ID": "testing", "SECRET_ACCESS_KEY": "testing", "DEFAULT_REGION": "us-east-1"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    return boto3.client("socialmessaging", config=Config(read_timeout=30, retries={"total_max_attempts": 1}))


def send(social: Any) -> str:
    answer = social.send_whatsapp_message(
        originationPhoneNumberId="phone-number-id-0", metaApiVersion="v20.0", message=json.dumps(MESSAGE).encode()
    )
    return answer["messageId"]


def taken(address: str) -> list[dict[str, Any]]:
    with urllib.request.urlopen(f"{address}/messages", timeout=30) as answer:
        return json.load(answer)["messages"]


def spoil(address: str, kind: str, times: int = 1) -> None:
    body = json.dumps({"kind": kind, "times": times}).encode()
    urllib.request.urlopen(urllib.request.Request(f"{address}/faults", data=body), timeout=30).close()


def test_a_message_is_taken_as_meta_would_get_it(social: Any, address: str) -> None:
    message_id = send(social)
    assert [(it["messageId"], it["message"]) for it in taken(address)] == [(message_id, MESSAGE)]


def test_an_answer_may_be_lost_before_or_after_the_message_was_taken(social: Any, address: str) -> None:
    for kind, count in (("lost-before", 0), ("lost-after", 1)):
        spoil(address, kind)
        with pytest.raises(HTTPClientError):
            send(social)
        assert len(taken(address)) == count, kind


@pytest.mark.parametrize(("kind", "code"), [("failed", "InternalServiceException"), ("rejected", "InvalidParametersException")])
def test_it_fails_as_the_vendor_does_and_then_works_again(social: Any, address: str, kind: str, code: str) -> None:
    spoil(address, kind)
    with pytest.raises(ClientError) as refused:
        send(social)
    assert refused.value.response["Error"]["Code"] == code
    assert taken(address) == []
    assert send(social)


def test_what_is_no_request_is_refused(address: str) -> None:
    for path, body in (("/v1/whatsapp/send", b"{}"), ("/faults", b'{"kind": "unheard-of"}'), ("/elsewhere", b"{}")):
        with pytest.raises(urllib.error.HTTPError) as refused:
            urllib.request.urlopen(urllib.request.Request(address + path, data=body), timeout=30)
        assert 400 <= refused.value.code < 500
        refused.value.close()
