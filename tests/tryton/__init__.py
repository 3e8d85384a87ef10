"""A real Tryton server for tests, and a person who works in it."""
