"""What pages weigh with all they load, and that fifty people at once have theirs."""

import pytest
from tests.e2e.pages_report import CROWD, MOST_BYTES, crowd, said, weights
from tests.e2e.rooms import Seen

pytestmark = pytest.mark.e2e


def test_no_page_weighs_more_than_100_kilobytes_with_all_it_loads(seen: Seen) -> None:
    found = [it for role, pages in seen.found.items() for it in weights(seen.company, seen.entries[role], pages)]
    heaviest = max(found, key=lambda it: it.whole)
    print(f"\n{len(found)} pages; the heaviest is {heaviest.address} with {heaviest.whole:,} bytes")
    assert {it.address: it.whole for it in found if it.whole >= MOST_BYTES} == {}


@pytest.mark.parametrize("page", ["wallet", "board"])
def test_fifty_people_at_once_have_their_page(seen: Seen, page: str) -> None:
    address = seen.board if page == "board" else "me/wallet"
    print(f"\n{CROWD} at once on the {page}: {said(crowd(seen.company, seen.entries['rep'], address))}")
