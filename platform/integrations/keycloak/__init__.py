"""Keycloak: its realms as files, brought there and held against what is there."""
