"""The only reader and writer of the environment: names of tables, queues, buckets and secrets; where AWS answers."""

import os
from collections.abc import Mapping
from dataclasses import dataclass

from accolade.model.errors import Missing


@dataclass(frozen=True, slots=True)
class Config:
    """What the stack told this process. Empty text: this process was not given it and must not need it."""

    state_table: str = ""
    ledger_table: str = ""
    deliveries_table: str = ""
    inbox_queue_url: str = ""
    email_queue_url: str = ""
    sms_queue_url: str = ""
    whatsapp_queue_url: str = ""
    orders_queue_url: str = ""
    bodies_bucket: str = ""
    codes_key_id: str = ""
    link_secret_name: str = ""
    public_url: str = ""
    user_pool_id: str = ""
    user_pool_client_id: str = ""
    sign_in_domain: str = ""
    ses_configuration_set: str = ""
    sms_sender_id: str = ""
    sms_origination_number: str = ""
    whatsapp_phone_number_id: str = ""
    api_hosts: tuple[str, ...] = ()
    stack: str = ""


def from_environment() -> Config:
    """Read the process's environment once, at cold start."""
    text = {name: os.environ.get(name.upper(), "") for name in Config.__dataclass_fields__ if name != "api_hosts"}
    hosts = tuple(host.strip() for host in os.environ.get("API_HOSTS", "").split(",") if host.strip())
    return Config(**text, api_hosts=hosts)


def point_at(*, endpoint: str = "", region: str = "", access_key: str = "", secret_key: str = "") -> None:
    """Let every AWS client of this process answer at `endpoint`, in `region`, with these credentials.

    Empty text leaves what the environment says; a stand-in endpoint without credentials gets ones that mean nothing.
    """
    wanted = {"AWS_ENDPOINT_URL": endpoint, "AWS_DEFAULT_REGION": region, "AWS_REGION": region}
    wanted |= {"AWS_ACCESS_KEY_ID": access_key, "AWS_SECRET_ACCESS_KEY": secret_key}
    os.environ.update({name: value for name, value in wanted.items() if value})
    if endpoint:
        os.environ.setdefault("AWS_ACCESS_KEY_ID", "test")
        os.environ.setdefault("AWS_SECRET_ACCESS_KEY", "test")
        os.environ.setdefault("AWS_DEFAULT_REGION", "us-east-1")


def adopt(settings: Mapping[str, str]) -> None:
    """Make these names of tables and queues (field of `Config` -> value) what `from_environment` reads."""
    unknown = set(settings) - set(Config.__dataclass_fields__)
    if unknown:
        raise ValueError(f"no such settings: {sorted(unknown)}")
    os.environ.update({name.upper(): value for name, value in settings.items() if value})


def variable(name: str) -> str:
    """The value of an environment variable that a person named; Missing if it is not set or empty."""
    value = os.environ.get(name, "")
    if not value:
        raise Missing(f"the environment variable {name} is empty", mend=f"Set it first: export {name}=...")
    return value


def optional_variable(name: str) -> str:
    """The value of an environment variable, or empty text."""
    return os.environ.get(name, "")
