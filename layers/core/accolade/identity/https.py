"""Posting a form to an https address of ours: with time-outs, following nothing, bounded."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode, urlsplit

from accolade.model.errors import Rejected, Retry
from accolade.model.phrases import later as t

MAX_ANSWER = 65_536


def post_form(address: str, form: Mapping[str, str]) -> tuple[int, bytes]:
    """Status and body. Rejected for an address that is not https, Retry if there is no answer."""
    import urllib3

    if urlsplit(address).scheme != "https":
        raise Rejected(t("the sign-in page is not at an https address"), mend=t("Look at SIGN_IN_DOMAIN"))
    with urllib3.PoolManager(timeout=urllib3.Timeout(connect=3, read=7), retries=False) as pool:
        return _sent(pool, address, form, urllib3.exceptions.HTTPError)


def _sent(pool: Any, address: str, form: Mapping[str, str], fault: type[Exception]) -> tuple[int, bytes]:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    try:
        answer = pool.request(
            "POST", address, body=urlencode(form), headers=headers, redirect=False, preload_content=False, decode_content=True
        )
        body = answer.read(MAX_ANSWER + 1)
        answer.release_conn()
    except fault as error:
        raise Retry(t("Cognito does not answer"), where="token endpoint") from error
    return answer.status, body if len(body) <= MAX_ANSWER else b""
