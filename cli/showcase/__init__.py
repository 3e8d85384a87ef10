"""What `afterview demo` shows: a server of its own, a month in somebody's calendar, and a phone. Nothing is left behind."""
