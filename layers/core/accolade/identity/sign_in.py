"""Signing in of staff: on Cognito's own page (code, PKCE, state, nonce), or with a password by our form where there is none."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlencode

from botocore.exceptions import BotoCoreError, ClientError

from accolade.identity.tokens import SignedIn, read_id_token
from accolade.model.errors import Refused, Rejected, Retry
from accolade.model.phrases import later as t

Post = Callable[[str, Mapping[str, str]], tuple[int, bytes]]
"""Posts a form to an https address, with time-outs, following nothing: status and body. Retry if there is no answer."""

NEW_PASSWORD, MFA = "NEW_PASSWORD_REQUIRED", "SOFTWARE_TOKEN_MFA"
"""What Cognito may ask after the password: a password of one's own, the six digits of an authenticator."""

_ANSWERS = {NEW_PASSWORD: "NEW_PASSWORD", MFA: "SOFTWARE_TOKEN_MFA_CODE"}

CLIENT_NAME = "pages"
MAX_SESSION = 4_096

_BUSY = {"TooManyRequestsException", "LimitExceededException", "TooManyFailedAttemptsException"}
_OURS = {"ResourceNotFoundException", "InternalErrorException", "InvalidUserPoolConfigurationException", "AccessDeniedException"}


@dataclass(frozen=True, slots=True)
class Step:
    """What Cognito asks next; `session` is its own text, which has to come back with the answer within minutes."""

    name: str
    session: str


class StaffSignIn:
    """Signs staff in. `pool`: the user pool's id; `client_id`: empty text: the pool's client called `pages` is looked up;
    `domain`: the host of Cognito's page, empty if there is none."""

    def __init__(self, client: Any, *, pool: str, client_id: str = "", domain: str = "", post: Post) -> None:
        self._client, self._pool, self._client_id, self._post = client, pool, client_id, post
        self.domain = f"https://{domain.removeprefix('https://').rstrip('/')}" if domain else ""

    @property
    def client_id(self) -> str:
        """Cognito's name for our pages; Retry if it cannot be asked, Rejected if there is no pool or no such client."""
        if not self._client_id:
            if not self._pool:
                raise Rejected(t("this stack has no accounts of staff"), mend="Deploy it again, then: accolade staff add")
            answer = self._call("list_user_pool_clients", UserPoolId=self._pool, MaxResults=20)
            found = [it["ClientId"] for it in answer["UserPoolClients"] if it["ClientName"] == CLIENT_NAME]
            if not found:
                raise Rejected(t("the pages are no client of the user pool"), mend=t("Deploy the stack again"))
            self._client_id = found[0]
        return self._client_id

    def with_password(self, email: str, password: str, *, now: datetime) -> SignedIn | Step:
        """Sign in, or what is asked next. Refused in the same words for whatever is wrong with account or password."""
        answer = self._call(
            "initiate_auth",
            ClientId=self.client_id,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": email, "PASSWORD": password},
        )
        return self._next(answer, now)

    def go_on(self, step: Step, email: str, answer: str, *, now: datetime) -> SignedIn | Step:
        """Answer what was asked. Rejected for a password that is too weak, Refused for everything else that is wrong."""
        if step.name not in _ANSWERS or not 20 <= len(step.session) <= MAX_SESSION:
            raise refused()
        given = self._call(
            "respond_to_auth_challenge",
            ClientId=self.client_id,
            ChallengeName=step.name,
            Session=step.session,
            ChallengeResponses={"USERNAME": email, _ANSWERS[step.name]: answer},
        )
        return self._next(given, now)

    def page(self, *, redirect: str, state: str, nonce: str, verifier: str) -> str:
        """The address of Cognito's page; it comes back to `redirect` with a code. RFC 7636 (S256)."""
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        asked = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect,
            "scope": "openid",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self.domain}/oauth2/authorize?{urlencode(asked)}"

    def after_page(self, code: str, *, redirect: str, nonce: str, verifier: str, now: datetime) -> SignedIn:
        """Who has signed in on Cognito's page. Forged if the code is not good; Retry if Cognito does not answer."""
        form = {
            "grant_type": "authorization_code",
            "client_id": self.client_id,
            "code": code,
            "redirect_uri": redirect,
            "code_verifier": verifier,
        }
        status, body = self._post(f"{self.domain}/oauth2/token", form)
        if status >= 500:
            raise Retry(t("Cognito does not answer"), where="token endpoint")
        try:
            token = json.loads(body)["id_token"] if status == 200 else ""
        except (ValueError, KeyError, TypeError):
            token = ""
        return self._read(str(token), now, nonce)

    def leaving(self, *, back: str) -> str:
        """The address that signs out of Cognito's page too; without it nobody is asked for a password again."""
        return f"{self.domain}/logout?{urlencode({'client_id': self.client_id, 'logout_uri': back})}"

    def _next(self, answer: Mapping[str, Any], now: datetime) -> SignedIn | Step:
        if "AuthenticationResult" in answer:
            return self._read(answer["AuthenticationResult"].get("IdToken", ""), now, "")
        name, session = answer.get("ChallengeName", ""), answer.get("Session", "")
        if name not in _ANSWERS:
            raise Refused(t("this account needs a way to sign in that these pages do not have"), mend=t("Ask your administrator"))
        return Step(name, session)

    def _read(self, token: str, now: datetime, nonce: str) -> SignedIn:
        return read_id_token(token, pool=self._pool, client=self.client_id, now=now, nonce=nonce)

    def _call(self, operation: str, **request: Any) -> Any:
        """One call; what is wrong with account, password or answer is one and the same error. Nothing of it is repeated."""
        try:
            return getattr(self._client, operation)(**request)
        except ClientError as error:
            code = error.response["Error"].get("Code", "")
            if code in _BUSY:
                raise Refused(t("too many attempts"), mend=t("Try again in a quarter of an hour")) from None
            if code in _OURS or error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= 500:
                raise Retry(t("Cognito cannot be asked now"), where=operation) from None
            if code == "InvalidPasswordException":
                raise weak() from None
            raise refused() from None
        except BotoCoreError:
            raise Retry(t("Cognito does not answer"), where=operation) from None


def refused() -> Refused:
    """The one answer to whatever does not sign in."""
    return Refused(t("the e-mail address or the password is not right"), mend=t("Type both again"))


def weak() -> Rejected:
    """A password that the pool does not take."""
    return Rejected(
        t("this password is too easy to guess"),
        where="password",
        mend=t("Use at least 12 characters: lower case, upper case, digits and signs"),
    )


def strong(password: str) -> bool:
    """Whether the pool takes it: the policy of infra/identity.yaml, looked at before it is sent."""
    kinds = (str.islower, str.isupper, str.isdigit, lambda sign: not sign.isalnum() and sign.isprintable())
    return 12 <= len(password) <= 256 and all(any(kind(sign) for sign in password) for kind in kinds)
