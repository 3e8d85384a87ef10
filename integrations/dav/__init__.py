"""WebDAV collections as calendars and address books use them (RFC 4918, RFC 6578): shared by `caldav` and `carddav`.

What differs between the two is data, in `dialect.py`; each integration has its own.
"""
