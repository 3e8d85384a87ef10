"""Text of address book cards <-> the engine's records (vCard 2.1, RFC 2426 = 3.0, RFC 6350 = 4.0)."""
