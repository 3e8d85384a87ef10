"""The engine: decides which follow-ups should exist and keeps a task list in step with them.

Knows no service and never imports `integrations` or `cli`. Everything except `ledger`, `engine`, `runner`, `lock`,
`pulse` and `config` is pure: standard library only, relative imports only, no clock, no I/O, no randomness, because the
same files also run inside the Home Assistant component, whose environment is not ours.
"""
