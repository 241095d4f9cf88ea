"""The REST API: a door beside the portal, with the same operations, queries and rights.

It translates and decides nothing. A machine client calls it by a token (project.machines), and each
address is one call of an operation or a query.
"""
