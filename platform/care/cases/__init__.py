"""The case: its participants, its append-only log of acts, and what is computed from it."""
