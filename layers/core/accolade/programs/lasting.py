"""Lasting: what is made to stay as long as the rules do, without looking through it for garbage while it grows."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def lasting() -> Iterator[None]:
    """No garbage is collected meanwhile: of ten thousand rules none is any, and looking costs as much as making them."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
