"""Members of staff in the user pool: made, listed, given roles and removed by an admin's command or page."""

import re
from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from accolade.model.errors import AccoladeError, Missing, Refused, Rejected, Retry
from accolade.model.phrases import later as t

SHOWN = 500
"""Members of one tenant that are listed."""

ADDRESS = re.compile(r"[^@\s]{1,64}@[A-Za-z0-9.-]{1,253}")
"""An e-mail address with which somebody may sign in."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of staff. `state`: Cognito's word (`FORCE_CHANGE_PASSWORD`: has never signed in)."""

    email: str
    tenant: str
    roles: frozenset[str]
    state: str
    enabled: bool


class Members:
    """The accounts of a user pool. Busy or unreachable: Retry."""

    def __init__(self, client: Any, pool: str) -> None:
        if not pool:
            raise Rejected(t("this stack has no accounts of staff"), mend=t("Deploy it again"))
        self._client, self._pool = client, pool

    def add(self, email: str, tenant: str, roles: Collection[str], *, password: str = "") -> Member:
        """A new account. Without `password` Cognito mails a temporary one; with it nothing is sent, and it has to be changed
        at the first sign-in. Refused if there is an account with that address."""
        asked: dict[str, Any] = {"TemporaryPassword": password, "MessageAction": "SUPPRESS"} if password else {}
        attributes = {"email": email, "email_verified": "true", "custom:tenant": tenant}
        self._call(
            "admin_create_user",
            Username=email,
            UserAttributes=[{"Name": name, "Value": value} for name, value in attributes.items()],
            **({"DesiredDeliveryMediums": ["EMAIL"]} | asked),
        )
        for role in sorted(roles):
            self._call("admin_add_user_to_group", Username=email, GroupName=role)
        return self.get(tenant, email)

    def get(self, tenant: str, email: str) -> Member:
        """A member of this tenant; Missing for anybody else."""
        found = self._call("admin_get_user", Username=email)
        groups = self._call("admin_list_groups_for_user", Username=found["Username"], Limit=20)["Groups"]
        member = _member(found, found["UserAttributes"], [it["GroupName"] for it in groups])
        if member.tenant != tenant:
            raise _missing()
        return member

    def list(self, tenant: str) -> list[Member]:
        """The members of a tenant by address, at most SHOWN."""
        users = list(self._of(tenant))
        roles = self._roles() if users else {}
        found = (_member(user, user["Attributes"], roles.get(user["Username"], ())) for user in users)
        return sorted(found, key=lambda it: it.email)[:SHOWN]

    def set_roles(self, tenant: str, email: str, roles: Collection[str]) -> Member:
        """The member has these roles and no others; end their sessions afterwards. Missing for anybody else's."""
        known = self.get(tenant, email)
        for role in sorted(set(roles) - known.roles):
            self._call("admin_add_user_to_group", Username=email, GroupName=role)
        for role in sorted(known.roles - set(roles)):
            self._call("admin_remove_user_from_group", Username=email, GroupName=role)
        return self.get(tenant, email)

    def remove(self, tenant: str, email: str) -> Member:
        """The account is gone; end their sessions afterwards. Missing for anybody else's."""
        known = self.get(tenant, email)
        self._call("admin_delete_user", Username=email)
        return known

    def _of(self, tenant: str) -> Iterator[Any]:
        """All accounts are looked through: Cognito cannot search by an attribute of ours."""
        for user in self._each("list_users", "Users", paging="PaginationToken"):
            if {"Name": "custom:tenant", "Value": tenant} in user["Attributes"]:
                yield user

    def _roles(self) -> dict[str, set[str]]:
        """User name -> groups, group by group: asking for each user takes a call each."""
        found: dict[str, set[str]] = defaultdict(set)
        for group in self._each("list_groups", "Groups"):
            for user in self._each("list_users_in_group", "Users", GroupName=group["GroupName"]):
                found[user["Username"]].add(group["GroupName"])
        return found

    def _each(self, operation: str, name: str, *, paging: str = "NextToken", **request: Any) -> Iterator[Any]:
        while True:
            answer = self._call(operation, Limit=60, **request)
            yield from answer[name]
            if not answer.get(paging):
                return
            request[paging] = answer[paging]

    def _call(self, operation: str, **request: Any) -> Any:
        try:
            return getattr(self._client, operation)(UserPoolId=self._pool, **request)
        except ClientError as error:
            raise _faults(error) from error
        except BotoCoreError as error:
            raise Retry(t("Cognito does not answer"), where=operation) from error


def first_password(random: bytes) -> str:
    """A temporary password of 12 random bytes or more, with signs of every kind that the pool asks for."""
    return f"{urlsafe_b64encode(random).rstrip(b'=').decode()}-aA1!"


def _member(user: Any, attributes: Any, roles: Collection[str]) -> Member:
    values = {it["Name"]: it["Value"] for it in attributes}
    return Member(
        email=values.get("email", ""),
        tenant=values.get("custom:tenant", ""),
        roles=frozenset(roles),
        state=user.get("UserStatus", ""),
        enabled=user.get("Enabled", True),
    )


def _missing() -> Missing:
    return Missing(t("there is no such member of staff"), mend="accolade staff list shows those there are")


def _faults(error: ClientError) -> AccoladeError:
    code = error.response["Error"].get("Code", "")
    known = {
        "UserNotFoundException": _missing(),
        "UsernameExistsException": Refused(
            t("there is an account with this address"), mend=t("Change its roles, or remove it first")
        ),
        "InvalidPasswordException": Rejected(
            t("Cognito does not take this password"), mend=t("Use at least 12 characters of all kinds")
        ),
        "InvalidParameterException": Rejected(t("Cognito does not take this address or role"), mend=t("Write name@example.com")),
    }
    return known.get(code) or Retry(t("Cognito cannot be asked now (%(code)s)", code=code), where="user pool")
