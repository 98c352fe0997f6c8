"""The only reader of the environment: names of tables, queues, buckets and secrets; never a secret itself."""

import os
from dataclasses import dataclass


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
    bodies_bucket: str = ""
    link_secret_name: str = ""
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
