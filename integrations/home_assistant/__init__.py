"""Home Assistant's calendars and to-do lists, and the component that keeps follow-ups inside Home Assistant itself.

`access` says what is needed of a Home Assistant, `entries`, `items` and `convert` make the engine's ports of it; they are
shared by everything that reaches one. `component` is what runs inside; `package` makes it installable.
"""
