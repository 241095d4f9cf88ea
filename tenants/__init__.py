"""The huvudmän: who they are, what they have agreed, and how they are kept apart."""
