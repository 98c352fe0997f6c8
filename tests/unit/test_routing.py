"""Which channel a message takes, and when it may go."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from tests.sending import ASHA, NOW, TENANT

from accolade.flows.routing import next_opening, route
from accolade.model.participants import Channel

SMS_FIRST = replace(ASHA, channels=(Channel.SMS, Channel.EMAIL))


def test_the_first_preferred_channel_is_taken():
    assert route(ASHA, TENANT, now=NOW).channel is Channel.EMAIL
    assert route(SMS_FIRST, TENANT, now=NOW).channel is Channel.SMS


def test_without_stored_consent_there_is_no_sms_and_no_whatsapp():
    assert route(replace(SMS_FIRST, consents=()), TENANT, now=NOW).channel is Channel.EMAIL
    only = replace(ASHA, channels=(Channel.WHATSAPP,), consents=())
    assert route(only, TENANT, now=NOW) == route(only, TENANT, now=NOW)
    assert route(only, TENANT, now=NOW).channel is None
    assert route(only, TENANT, now=NOW).reason == "whatsapp: no consent"


def test_consent_to_one_channel_is_none_to_another():
    only_sms = tuple(consent for consent in ASHA.consents if consent.channel is Channel.SMS)
    assert route(replace(ASHA, channels=(Channel.WHATSAPP,), consents=only_sms), TENANT, now=NOW).channel is None


def test_a_channel_without_address_is_passed_over():
    assert route(replace(SMS_FIRST, phone=None), TENANT, now=NOW).channel is Channel.EMAIL


def test_an_opt_out_leads_to_the_next_channel():
    way = route(SMS_FIRST, TENANT, now=NOW, suppressed=lambda channel: channel is Channel.SMS)
    assert way.channel is Channel.EMAIL


def test_who_has_opted_out_of_everything_gets_nothing_and_it_is_said_why():
    way = route(SMS_FIRST, TENANT, now=NOW, suppressed=lambda channel: True)
    assert way.channel is None
    assert way.reason == "sms: opted out or undeliverable; email: opted out or undeliverable"


def test_only_chosen_channels_are_used():
    assert route(replace(ASHA, channels=(Channel.SMS,)), TENANT, now=NOW, tried=(Channel.SMS,)).channel is None


def test_a_channel_that_failed_is_not_tried_again():
    assert route(SMS_FIRST, TENANT, now=NOW, tried=(Channel.SMS,)).channel is Channel.EMAIL


def test_who_is_not_active_gets_nothing():
    assert route(replace(ASHA, active=False), TENANT, now=NOW).channel is None


def test_a_pause_makes_the_message_wait_and_not_go_elsewhere():
    way = route(SMS_FIRST, replace(TENANT, paused=(Channel.SMS,)), now=NOW)
    assert way.channel is Channel.SMS
    assert way.paused
    assert not route(SMS_FIRST, replace(TENANT, paused=(Channel.EMAIL,)), now=NOW).paused


def local(zone, *parts):
    return datetime(*parts, tzinfo=ZoneInfo(zone)).astimezone(UTC)


@pytest.mark.parametrize(
    ("zone", "now", "opening"),
    [
        ("Europe/Amsterdam", (2017, 3, 30, 12, 0), (2017, 3, 30, 12, 0)),
        ("Europe/Amsterdam", (2017, 3, 30, 8, 59), (2017, 3, 30, 9, 0)),
        ("Europe/Amsterdam", (2017, 3, 30, 9, 0), (2017, 3, 30, 9, 0)),
        ("Europe/Amsterdam", (2017, 3, 30, 19, 59), (2017, 3, 30, 19, 59)),
        ("Europe/Amsterdam", (2017, 3, 30, 20, 0), (2017, 3, 31, 9, 0)),
        ("Europe/Amsterdam", (2017, 3, 25, 22, 0), (2017, 3, 26, 9, 0)),
        ("Europe/Amsterdam", (2017, 10, 28, 22, 0), (2017, 10, 29, 9, 0)),
        ("Pacific/Kiritimati", (2017, 3, 30, 23, 0), (2017, 3, 31, 9, 0)),
        ("Pacific/Pago_Pago", (2017, 3, 30, 23, 0), (2017, 3, 31, 9, 0)),
        ("Asia/Kolkata", (2017, 3, 30, 3, 15), (2017, 3, 30, 9, 0)),
    ],
)
def test_messages_go_between_nine_and_eight_of_the_recipients_clock(zone, now, opening):
    assert next_opening(local(zone, *now), zone=zone, hours=(9, 20)) == local(zone, *opening)


def test_the_night_of_a_clock_change_is_an_hour_shorter_or_longer():
    spring = next_opening(local("Europe/Amsterdam", 2017, 3, 25, 22, 0), zone="Europe/Amsterdam", hours=(9, 20))
    autumn = next_opening(local("Europe/Amsterdam", 2017, 10, 28, 22, 0), zone="Europe/Amsterdam", hours=(9, 20))
    assert spring == datetime(2017, 3, 26, 7, 0, tzinfo=UTC)
    assert autumn == datetime(2017, 10, 29, 8, 0, tzinfo=UTC)


def test_an_opening_that_the_clock_skips_is_the_instant_of_the_change():
    # Santiago skipped midnight to one on 13 August 2017; Amsterdam two to three on 26 March 2017.
    now = local("America/Santiago", 2017, 8, 12, 23, 30)
    assert next_opening(now, zone="America/Santiago", hours=(0, 6)) == datetime(2017, 8, 13, 4, 0, tzinfo=UTC)
    now = local("Europe/Amsterdam", 2017, 3, 26, 1, 0)
    assert next_opening(now, zone="Europe/Amsterdam", hours=(2, 5)) == datetime(2017, 3, 26, 1, 0, tzinfo=UTC)


def test_a_window_that_the_clock_swallows_whole_opens_a_day_later():
    now = local("Europe/Amsterdam", 2017, 3, 26, 1, 0)
    assert next_opening(now, zone="Europe/Amsterdam", hours=(2, 3)) == local("Europe/Amsterdam", 2017, 3, 27, 2, 0)


def test_of_an_hour_that_comes_twice_the_first_opens():
    now = local("Europe/Amsterdam", 2017, 10, 29, 1, 0)
    assert next_opening(now, zone="Europe/Amsterdam", hours=(2, 5)) == datetime(2017, 10, 29, 0, 0, tzinfo=UTC)


def test_a_day_that_a_country_skipped_is_no_trouble():
    now = local("Pacific/Apia", 2011, 12, 29, 22, 0)
    assert next_opening(now, zone="Pacific/Apia", hours=(9, 20)) == local("Pacific/Apia", 2011, 12, 31, 9, 0)


@pytest.mark.parametrize("hours", [(0, 24), (9, 9)])
def test_all_day_is_all_day(hours):
    assert next_opening(NOW, zone="Asia/Tokyo", hours=hours) == NOW


def test_hours_over_midnight_are_one_window():
    assert next_opening(local("UTC", 2017, 3, 30, 23, 0), zone="UTC", hours=(20, 6)) == local("UTC", 2017, 3, 30, 23, 0)
    assert next_opening(local("UTC", 2017, 3, 30, 12, 0), zone="UTC", hours=(20, 6)) == local("UTC", 2017, 3, 30, 20, 0)


def test_an_unknown_zone_reads_as_utc():
    assert next_opening(local("UTC", 2017, 3, 30, 8, 0), zone="Mars/Olympus", hours=(9, 20)) == local("UTC", 2017, 3, 30, 9, 0)
