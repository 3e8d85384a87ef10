"""Tryton (tryton.org), a CRM of your own: parties, opportunities and notes over its JSON-RPC."""
