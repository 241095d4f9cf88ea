"""The database backend: one connection acts for one huvudman at a time."""
