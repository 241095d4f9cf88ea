"""Rows of the platform itself that every huvudman has at home: given answers, what is stamped."""
