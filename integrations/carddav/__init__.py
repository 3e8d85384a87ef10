"""CardDAV (RFC 6352): an address book in which the people of interviews are kept, so that the phone shows who is calling."""
