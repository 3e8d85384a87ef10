"""iCalendar text <-> model, shared by every service that speaks it (RFC 5545, RFC 7986, RFC 9074).

Text from outside is hostile: `scan` looks cheaply, `bounds` refuses what could hang or swell, `read` parses what is left.
Nothing in here does I/O or knows the time of day.
"""
