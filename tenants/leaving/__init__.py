"""A huvudman leaves: one archive of everything that is its own, and one removal that can fail."""
