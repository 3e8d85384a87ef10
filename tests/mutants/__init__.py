"""A test of the tests: safeguards are switched off one at a time, and each time some test must fail."""
