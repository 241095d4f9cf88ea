"""Doors to other systems: each a folder that speaks one protocol and knows no other folder."""
