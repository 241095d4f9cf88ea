"""Händelseflöde: what a subscriber is told has happened, by asking or by being called."""
