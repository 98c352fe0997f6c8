"""Texts that only KMS can read again, each bound to what it belongs to: a code of one item cannot be put in another's place."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from accolade.model.errors import Rejected, Retry
from accolade.model.phrases import later as t

_BROKEN = {"InvalidCiphertextException", "IncorrectKeyException"}
MAX_BYTES = 4096
"""What KMS encrypts in one call."""


class Cipher:
    """Encrypts and decrypts with one KMS key. `context` is authenticated, not secret, and has to be the same both times."""

    def __init__(self, client: Any, key_id: str) -> None:
        self._client, self._key_id = client, key_id

    def encrypt(self, text: str, context: Mapping[str, str]) -> str:
        """The text as only KMS reads it, in base64. Rejected above 4 KB or without a key; Retry if KMS does not answer."""
        plain = text.encode()
        if len(plain) > MAX_BYTES:
            raise Rejected(t("more than %(most)s bytes", most=MAX_BYTES), where="code")
        return b64encode(self._call("encrypt", Plaintext=plain, EncryptionContext=dict(context))["CiphertextBlob"]).decode()

    def decrypt(self, text: str, context: Mapping[str, str]) -> str:
        """The text of a cipher text. Rejected if it is not one of this key and context; Retry if KMS does not answer."""
        blob = b64decode(text)
        return self._call("decrypt", CiphertextBlob=blob, EncryptionContext=dict(context))["Plaintext"].decode()

    def _call(self, operation: str, **request: Any) -> Any:
        if not self._key_id:
            raise Rejected(t("this stack has no key for codes"), where="CODES_KEY_ID", mend=t("Deploy the stack again"))
        try:
            return getattr(self._client, operation)(KeyId=self._key_id, **request)
        except ClientError as error:
            if error.response["Error"]["Code"] in _BROKEN:
                raise Rejected(t("the code cannot be read: it is not what was stored here"), where="KMS") from error
            raise Retry(t("the key cannot be used now"), where="KMS") from error
        except BotoCoreError as error:
            raise Retry(t("the key cannot be used now"), where="KMS") from error
