"""What an entry's hash covers is the canonical JSON of the entry, whoever writes it."""

import json
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from accolade.model.ledger import Cause, Entry, EntryKind, Transfer
from accolade.wallet.chain import as_json, canonical

text = st.text(max_size=20)
transfers = st.lists(st.builds(Transfer, text, text, st.integers(1, 10**12), text), max_size=3).map(tuple)
causes = st.builds(
    Cause,
    text,
    st.integers(1, 999),
    text,
    text,
    text,
    st.none() | text,
    st.none() | st.integers(0, 2**53),
    st.lists(text, max_size=3).map(tuple),
)
instants = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (the zone comes with `timezones`)


@given(
    st.builds(
        Entry,
        id=text,
        seq=st.integers(1, 10**9),
        tenant=text,
        at=instants,
        posted_at=instants,
        kind=st.sampled_from(EntryKind),
        cause=causes,
        transfers=transfers,
        actor=text,
        reason_hash=st.just("") | st.just("ab" * 32),
        previous_hash=st.just("") | st.just("0f" * 32),
    )
)
def test_the_text_behind_a_hash_is_the_sorted_json_of_the_entry(entry):
    assert canonical(entry) == json.dumps(as_json(entry), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
