"""Rows of the platform itself that every huvudman has at home: the answers it has given."""
