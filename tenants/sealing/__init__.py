"""Sealing of the logs: rows become leaves, checkpoints are signed, kept outside and witnessed.

What the tree and the notes are is in `tenants.seals`, which knows nothing of any database.
"""
