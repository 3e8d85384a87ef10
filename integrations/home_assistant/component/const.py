"""Names that the component's files share."""

from datetime import timedelta
from logging import Logger, getLogger

from homeassistant.const import Platform

DOMAIN = "afterview"
LOGGER: Logger = getLogger(__package__)
PLATFORMS = [
    Platform.BINARY_SENSOR,
    Platform.BUTTON,
    Platform.CALENDAR,
    Platform.EVENT,
    Platform.SENSOR,
    Platform("todo"),
]
INTERVAL = timedelta(minutes=5)
SOURCE = "home assistant"  # of facts that are recorded here
PHONE_EVENT = "mobile_app_notification_action"
