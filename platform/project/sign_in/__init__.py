"""Signing in by the provider: what integrations.oidc speaks, care.identity keeps and portal shows.

Nothing here is asked by a request of somebody who is signed in, so that the provider may be away.
"""
