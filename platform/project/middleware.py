"""Actors and errors at the door of every request."""
