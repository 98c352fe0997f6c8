"""Single calls of Tremendous's API over HTTPS: time-outs, no retries, no redirects, errors as ours.

Plain HTTPS instead of the vendor's own client (tremendous-python 6.0): its 250 models take over a second of every cold start,
it refuses an answer whose status it does not know although the order stands, and it reads amounts as floats.
"""

import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, cast

import urllib3

from accolade.model.errors import AccoladeError, Missing, Rejected, Retry, UnknownOutcome
from accolade.model.phrases import later as t

CONNECT_SECONDS = 3.0
READ_SECONDS = 20.0
MAX_ANSWER = 8 * 1024 * 1024

_WAIT = t("Nothing to do: it is asked again")
_KEY = "Give the account a key of Tremendous that may order: accolade provider add tremendous"
_PARAMETERS = t("Check the item's product and value, and the account's funding source and campaign")

ERRORS: Mapping[int, tuple[type[AccoladeError], float, str, str]] = {
    400: (Rejected, 0, t("Tremendous does not accept the order"), _PARAMETERS),
    401: (Retry, 900, t("Tremendous does not know the key"), _KEY),
    402: (Retry, 900, t("the funding source has too little"), t("Fund the account at Tremendous")),
    403: (Retry, 900, t("Tremendous does not let this key order"), _KEY),
    404: (Missing, 0, t("Tremendous does not have it"), _PARAMETERS),
    408: (UnknownOutcome, 0, t("Tremendous did not answer in time"), _WAIT),
    409: (UnknownOutcome, 0, t("Tremendous has an order of this key with other content"), t("It is asked for that order")),
    422: (Rejected, 0, t("Tremendous does not accept the order"), _PARAMETERS),
    429: (Retry, 10, t("Tremendous's rate limit is reached"), _WAIT),
    500: (UnknownOutcome, 0, t("Tremendous failed"), _WAIT),
    502: (UnknownOutcome, 0, t("Tremendous failed"), _WAIT),
    503: (UnknownOutcome, 0, t("Tremendous failed"), _WAIT),
    504: (UnknownOutcome, 0, t("Tremendous did not answer in time"), _WAIT),
}
"""HTTP status -> what it means for an order, seconds until it is worth asking again, what is wrong, how to mend it.

Of others, a redirect and those below 500 are `_REFUSED`, the rest `_UNKNOWN`: only what the vendor says for certain counts.
"""

_REFUSED = (Retry, 900.0, t("Tremendous refused"), t("Check the account's API base"))
_UNKNOWN = (UnknownOutcome, 0.0, t("Tremendous failed"), _WAIT)


class Calls:
    """The calls of one account. `base`: scheme and host; `key`: the API key."""

    def __init__(self, base: str, key: str) -> None:
        self._base = f"{base.rstrip('/')}/api/v2"
        self._headers = {"Authorization": f"Bearer {key}", "Accept": "application/json", "User-Agent": "accolade"}
        timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        self._pool = urllib3.PoolManager(maxsize=2, retries=False, timeout=timeout)

    def get(self, path: str) -> Mapping[str, Any]:
        """GET a resource. Missing if it is not there; Retry for everything that leaves it open."""
        try:
            return self._call("GET", path, None)[1]
        except UnknownOutcome as error:
            raise Retry(error.what, after=30, where=error.where, mend=error.mend) from error

    def post(self, path: str, body: Mapping[str, Any]) -> tuple[int, Mapping[str, Any]]:
        """POST once: status and answer. Retry, Rejected, Missing or UnknownOutcome by the table."""
        return self._call("POST", path, json.dumps(body).encode())

    def _call(self, method: str, path: str, body: bytes | None) -> tuple[int, Mapping[str, Any]]:
        headers = self._headers | ({"Content-Type": "application/json"} if body is not None else {})
        try:
            answer = self._pool.request(
                method, f"{self._base}{path}", body=body, headers=headers, redirect=False, preload_content=False
            )
            text = answer.read(MAX_ANSWER + 1)
            answer.release_conn()
        except (urllib3.exceptions.ConnectTimeoutError, urllib3.exceptions.NewConnectionError) as error:
            raise Retry(
                t("Tremendous cannot be reached (%(kind)s)", kind=type(error).__name__), after=30, where=path, mend=_WAIT
            ) from error
        except urllib3.exceptions.HTTPError as error:
            # The request may have gone out: a read time-out, a connection closed in the middle.
            raise UnknownOutcome(
                t("no answer of Tremendous (%(kind)s)", kind=type(error).__name__), where=path, mend=_WAIT
            ) from error
        if answer.status not in (200, 201):
            raise _ours(answer.status, path)
        return answer.status, _parsed(text, path)


def _ours(status: int, path: str) -> AccoladeError:
    """The error of a status; what the vendor wrote is left out: it may repeat a person's name."""
    kind, after, what, mend = ERRORS.get(status) or (_UNKNOWN if status >= 500 else _REFUSED)
    if kind is Retry:
        return Retry(t("%(what)s (%(status)s)", what=what, status=status), after=after, where=path, mend=mend)
    return kind(t("%(what)s (%(status)s)", what=what, status=status), where=path, mend=mend)


def _parsed(text: bytes, path: str) -> Mapping[str, Any]:
    """An answer as JSON, amounts exact. One that is none leaves open what was done."""
    try:
        parsed = json.loads(text, parse_float=Decimal) if len(text) <= MAX_ANSWER else None
    except (ValueError, RecursionError):
        parsed = None
    if not isinstance(parsed, dict):
        raise UnknownOutcome(t("Tremendous's answer is not what it says it sends"), where=path, mend=_WAIT)
    return cast("Mapping[str, Any]", parsed)
