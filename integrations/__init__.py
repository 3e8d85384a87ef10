"""Services. One folder each, always the same file names; what they share stands beside them.

Imports run one way: `cli -> integrations -> sync`. An integration never imports another, and only its own `client.py`
imports a service's library.
"""
