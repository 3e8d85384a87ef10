"""A foreign integration as somebody else would install it: task lists that are folders of JSON files."""
