"""Recall: what one request has read, so that it is not read again; forgotten as soon as something is written."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from accolade.store.wire import Item

Key = tuple[str, str]

MOST = 2_000
"""Items of queries that are kept for one request: whoever reads more, counts them and reads them once."""


class Recall:
    """Items by table and key, and pages of queries by what was asked, as they came. Outside of a request nothing is kept."""

    def __init__(self) -> None:
        self._items: dict[str, dict[Key, Item | None]] | None = None
        self._pages: dict[str, Any] = {}
        self._kept = 0

    @contextmanager
    def on(self) -> Iterator[None]:
        """One request: what is read inside is kept until its end."""
        self._items = {}
        try:
            yield
        finally:
            self._items = None
            self.forget()

    @property
    def is_on(self) -> bool:
        """Whether anything is kept."""
        return self._items is not None

    def items(self, table: str) -> dict[Key, Item | None]:
        """What is known of a table by key (None: it is not there), to be added to."""
        return {} if self._items is None else self._items.setdefault(table, {})

    def page(self, read: Callable[[], Any], request: Item) -> Any:
        """The page of a query: the one that is known, or as it is read now."""
        if self._items is None:
            return read()
        asked = json.dumps(request, sort_keys=True)
        if asked in self._pages:
            return self._pages[asked]
        answer = read()
        self._kept += len(answer["Items"])
        if self._kept <= MOST:
            self._pages[asked] = answer
            if "IndexName" not in request:
                self.items(request["TableName"]).update({(it["pk"]["S"], it["sk"]["S"]): it for it in answer["Items"]})
        return answer

    def forget(self) -> None:
        """Something is being written: all of it may be otherwise now."""
        self._pages, self._kept = {}, 0
        if self._items:
            self._items.clear()
