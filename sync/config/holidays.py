"""Public holidays, from the `holidays` library, which is imported only where a region is configured."""

from datetime import date

from ..errors import ConfigError
from ..playbook import IsHoliday


def public_holidays(region: str) -> IsHoliday:
    """Return whether a day is a public holiday in a region such as "DE" or "DE-BY". Raises ConfigError."""
    import holidays

    country, _, part = region.upper().partition("-")
    try:
        days = holidays.country_holidays(country, subdiv=part or None)
    except (NotImplementedError, ValueError):
        raise ConfigError(
            f'[deliver] business_hours.holidays is "{region}"; it must be a country such as "DE", or one with its part '
            'such as "DE-BY", or left out.'
        ) from None

    def is_holiday(day: date) -> bool:
        return day in days

    return is_holiday
