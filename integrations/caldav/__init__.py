"""CalDAV (RFC 4791, RFC 6578): calendars to read, a task list to keep.

What servers really do is measured; where one bends the rules, the place that copes with it says so.
"""
