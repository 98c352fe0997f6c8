"""This process in the place of a function: pointed at the deployed tables, if wanted with queues that no function reads."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest
from tests.e2e.conftest import Deployed

from accolade import wiring

TABLES = ("state", "ledger", "deliveries")


@contextmanager
def in_their_place(deployed: Deployed, settings: Mapping[str, str]) -> Iterator[pytest.MonkeyPatch]:
    """Point this process at the stack; `settings` by the names of `Config`. Gives what is undone at the end."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in deployed.place.environment().items():
            if name.startswith("AWS_"):
                patch.setenv(name, value)
        for name, value in settings.items():
            patch.setenv(name.upper(), value)
        wiring.point_at({})
        yield patch
    wiring.point_at({})


@contextmanager
def at_sea(deployed: Deployed, name: str, *queues: str, **settings: str) -> Iterator[Deployed]:
    """The same with the tables and with queues of its own, called after `name`."""
    sqs = deployed.client("sqs")
    urls = {queue: sqs.create_queue(QueueName=f"{name}-{queue}-{threading.get_ident()}")["QueueUrl"] for queue in queues}
    tables = {f"{table}_table": deployed.outputs[f"{table.title()}Table"] for table in TABLES}
    with in_their_place(deployed, tables | {f"{queue}_queue_url": url for queue, url in urls.items()} | settings) as patch:
        # The SDK need not wait between its tries for a throttle that is over at once.
        patch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda self, context: 0.02)
        yield deployed
    for url in urls.values():
        sqs.delete_queue(QueueUrl=url)
