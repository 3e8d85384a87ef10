"""Google: calendars to read, Google Tasks to keep, and a reminder calendar of our own so that the phone rings at a time.

What Google's services really do, and where from we know it, stands beside the code that copes with it.
"""
