"""Splits what region and municipalities pay together, to the öre. Never sees care."""
