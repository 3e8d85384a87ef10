"""One pass over one account: read calendars, take over what the phone did, decide, write. Steps 0-8 of the design.

What to write is decided by `compare` and `playbook`; this package reads, records and sends, in an order that a crash at
any point leaves whole.
"""
