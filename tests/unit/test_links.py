"""Links in messages: genuine ones open, everything else gets one answer."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accolade.model.errors import Forged
from accolade.model.participants import Channel, Participant, Tenant
from accolade.web.links import LinkClaims, Links, sign, verify

KEY = b"a key of the test that is long enough"
NOW = datetime(2026, 4, 1, 12, tzinfo=UTC)
LAST_DAY = date(2026, 6, 30)
ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def wallet_token(**changes) -> str:
    return sign(KEY, **{"purpose": "w", "tenant_number": 7, "participant": "P000017", "expires": LAST_DAY} | changes)


def opens(token: str, *, purpose="w") -> bool:
    """Whether a link shows anything, or stops anything."""
    try:
        verify(KEY, token, purpose=purpose, now=NOW)
    except Forged:
        return False
    return True


def refusal(token: str, *, purpose="w", key=KEY, now=NOW) -> str:
    with pytest.raises(Forged) as refused:
        verify(key, token, purpose=purpose, now=now)
    return str(refused.value)


def test_a_wallet_link_names_its_person_and_its_last_day():
    claims = verify(KEY, wallet_token(), purpose="w", now=NOW)
    assert claims == LinkClaims(7, "P000017", LAST_DAY, None)


@pytest.mark.parametrize("channel", list(Channel))
def test_an_unsubscribe_link_names_its_channel(channel):
    token = wallet_token(purpose="u", channel=channel)
    assert verify(KEY, token, purpose="u", now=NOW).channel is channel


def test_a_link_is_short_enough_for_a_text_message_in_a_large_company():
    assert len(wallet_token(tenant_number=2_000, participant="P016000")) <= 27
    assert len(wallet_token(purpose="u", channel=Channel.SMS)) <= 28


def test_the_same_day_gives_the_same_link_so_that_a_repeated_message_is_the_same_message():
    assert wallet_token() == wallet_token()


def test_a_link_works_on_its_last_day_and_not_on_the_next():
    last_moment = datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)
    assert verify(KEY, wallet_token(), purpose="w", now=last_moment)
    refusal(wallet_token(), now=last_moment + timedelta(seconds=1))


def test_a_wallet_link_does_not_unsubscribe_and_an_unsubscribe_link_shows_no_wallet():
    stop = wallet_token(purpose="u", channel=Channel.EMAIL)
    assert (opens(wallet_token(), purpose="w"), opens(wallet_token(), purpose="u")) == (True, False)
    assert (opens(stop, purpose="u"), opens(stop, purpose="w")) == (True, False)


def test_every_flipped_bit_is_refused():
    for token, purpose in ((wallet_token(), "w"), (wallet_token(purpose="u", channel=Channel.SMS), "u")):
        raw = urlsafe_b64decode(token + "=" * (-len(token) % 4))
        for bit in range(len(raw) * 8):
            forged = bytearray(raw)
            forged[bit // 8] ^= 1 << bit % 8
            assert not opens(urlsafe_b64encode(bytes(forged)).rstrip(b"=").decode(), purpose=purpose), (purpose, bit)


def test_every_other_spelling_of_a_link_is_refused():
    token = wallet_token()
    spelled = {token[:place] + letter + token[place + 1 :] for place in range(len(token)) for letter in ALPHABET}
    assert len(spelled) == 63 * len(token) + 1
    assert {it for it in spelled if opens(it)} == {token}


def test_cut_longer_and_padded_links_are_refused():
    token = wallet_token()
    for length in range(len(token)):
        assert not opens(token[:length]), length
    for extra in ("A", "=", "==", "\n", " ", "%00", "A" * 5_000):
        assert not opens(token + extra), extra[:3]


def test_another_key_and_no_key_are_refused():
    refusal(wallet_token(), key=KEY + b"!")
    refusal(wallet_token(), key=b"")
    with pytest.raises(ValueError, match="key"):
        sign(b"", purpose="w", tenant_number=1, participant="P000001", expires=LAST_DAY)


def test_numbers_in_a_longer_form_are_refused_even_with_a_genuine_signature():
    from accolade.web.links import _mac

    def signed(*numbers: int) -> str:
        payload = bytes([1, *numbers]) + wallet_payload_day()
        return urlsafe_b64encode(payload + _mac(KEY, "w", payload)).rstrip(b"=").decode()

    assert opens(signed(7, 17))
    assert not opens(signed(0x87, 0x00, 17))


def wallet_payload_day() -> bytes:
    token = wallet_token()
    return urlsafe_b64decode(token + "=" * (-len(token) % 4))[3:-12]


def test_all_refusals_read_the_same():
    answers = {
        refusal("nonsense"),
        refusal(wallet_token(), purpose="u"),
        refusal(wallet_token(), now=NOW + timedelta(days=1_000)),
        refusal(wallet_token()[:-1] + "A"),
        refusal("ü" * 26),
    }
    assert len(answers) == 1


@given(
    st.integers(0, 2**31),
    st.integers(0, 999_999_999),
    st.dates(date(2020, 1, 1), date(2090, 1, 1)),
    st.sampled_from([None, *Channel]),
)
def test_every_link_reads_back_as_it_was_signed(tenant_number, number, expires, channel):
    purpose = "u" if channel else "w"
    participant = f"P{number:06d}"
    token = sign(KEY, purpose=purpose, tenant_number=tenant_number, participant=participant, expires=expires, channel=channel)
    now = datetime.combine(expires, datetime.min.time(), UTC)
    assert verify(KEY, token, purpose=purpose, now=now) == LinkClaims(tenant_number, participant, expires, channel)


@given(st.text(max_size=60) | st.text(ALPHABET, min_size=18, max_size=40), st.sampled_from("wu"))
def test_no_invented_text_opens_anything(text, purpose):
    assert not opens(text, purpose=purpose)


def test_links_stand_below_the_companys_own_address():
    tenant = Tenant("acme", 7, "Acme", "rewards@acme.example", public_url="https://rewards.acme.example/v1/")
    person = Participant("acme", "asha", "P000017", "Asha")
    links = Links(lambda: KEY.decode())
    link = links.link(tenant, person, NOW)
    assert link.startswith("https://rewards.acme.example/v1/w/")
    assert links.read(link.rsplit("/", 1)[1], purpose="w", now=NOW).expires == LAST_DAY
    stop = links.unsubscribe_link(tenant, person, Channel.EMAIL, NOW)
    claims = links.read(stop.rsplit("/", 1)[1], purpose="u", now=NOW + timedelta(days=400))
    assert stop.startswith("https://rewards.acme.example/v1/u/")
    assert claims.channel is Channel.EMAIL
