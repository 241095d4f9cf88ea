"""Webhooks: subscribers are called for what has happened, by Standard Webhooks 1.0.

The call is thin (a type and ids, nothing of a person) and signed; what it is about is asked for at
the API. A subscriber's address is called only where the list of `integrations.outgoing` has its
host. What has to be sent, and when, stands in the rows of `care.feed`.
"""
