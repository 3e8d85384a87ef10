"""The phone rings at the right instant: what the server stores, read by each app's own rules, over zones and DST."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.system.clients import RINGS
from tests.system.home import Home
from tests.system.invitations import invitation

ZONES = {  # a zone, and the day on which its clocks change
    "Europe/Berlin": date(2026, 10, 25),
    "America/New_York": date(2026, 11, 1),
    "Australia/Lord_Howe": date(2026, 10, 4),  # by half an hour
}
EVENING = time(18)  # thank-yous ring on the day, after office hours


@pytest.mark.parametrize("server", ["radicale"], indirect=True)
@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("profile", RINGS)
def test_every_app_rings_at_six_in_the_evening_on_the_users_own_clock(fresh: Home, profile: str, zone: str) -> None:
    fresh.write_config(account=f'ring_profile = "{profile}"')
    config = fresh.path / "config.toml"
    config.write_text(config.read_text().replace("Europe/Berlin", zone))
    clock, days = ZoneInfo(zone), [ZONES[zone] + timedelta(days=shift) for shift in (-1, 0, 1)]
    fresh.sync(datetime.combine(days[0], time(6), clock))
    for day in days:
        start = datetime.combine(day, time(10), clock)
        company = f"Firm{day.day}"
        guest = (f"Ana {company}", f"ana@{company.lower()}.example")
        fresh.enter(company, invitation(company, start.astimezone(UTC), company=company, guests=(guest,)))
        fresh.sync(start + timedelta(minutes=70))
        thanks = [text for text in fresh.texts().values() if "X-AFTERVIEW-CONTEXT:thank_you" in text]
        (stored,) = [text for text in thanks if company in text]
        wanted = datetime.combine(day, EVENING, clock).astimezone(UTC)
        assert {client.__name__: client(stored) for client in RINGS[profile]} == {
            client.__name__: wanted for client in RINGS[profile]
        }
