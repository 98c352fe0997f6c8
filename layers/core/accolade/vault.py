"""Secrets by name, in Secrets Manager: read, kept in memory for a few minutes, and stored; never logged."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from accolade.model.errors import Rejected, Retry
from accolade.model.phrases import later as t

TTL_SECONDS = 300


class Vault:
    """Reads and stores secrets; `monotonic` is the clock that ages the cache (seconds)."""

    def __init__(self, client: Any, monotonic: Callable[[], float]) -> None:
        self._client, self._monotonic = client, monotonic
        self._cache: dict[str, tuple[float, str]] = {}

    def read(self, name: str) -> str:
        """The secret's text. Rejected if there is none or it is empty (fail closed); Retry if AWS does not answer."""
        known = self._cache.get(name)
        if known and self._monotonic() - known[0] < TTL_SECONDS:
            return known[1]
        try:
            text = self._client.get_secret_value(SecretId=name).get("SecretString") or ""
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":
                raise Rejected(
                    t("the secret is not there"), where=name, mend=t("Add the connection again with its secret")
                ) from error
            raise Retry(t("the secret cannot be read now"), where=name) from error
        except BotoCoreError as error:
            raise Retry(t("the secret cannot be read now"), where=name) from error
        if not text:
            raise Rejected(t("the secret is empty"), where=name, mend=t("Add the connection again with its secret"))
        self._cache[name] = (self._monotonic(), text)
        return text

    def keep(self, name: str, text: str) -> None:
        """Store a secret under a name, new or instead of the one there. Retry if AWS does not confirm."""
        try:
            self._stored(name, text)
        except (ClientError, BotoCoreError) as error:
            raise Retry(t("the secret cannot be stored now"), where=name) from error
        self._cache.pop(name, None)

    def _stored(self, name: str, text: str) -> None:
        try:
            self._client.create_secret(Name=name, SecretString=text)
        except ClientError as error:
            if error.response["Error"]["Code"] != "ResourceExistsException":
                raise
            self._client.put_secret_value(SecretId=name, SecretString=text)
