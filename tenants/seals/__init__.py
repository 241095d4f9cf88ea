"""Sealed logs: the tree, the signed checkpoints, and who may be believed. Pure, and alone.

Whoever wants to judge a log without trusting us takes this folder, Python and `cryptography`:

    python -m tenants.seals EXPORT --witness CHECKPOINTS

It imports neither Django nor a database nor anything else of Samplan (a contract keeps it so).
"""
