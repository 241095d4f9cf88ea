"""The demo: a county with life in it, and a way to sign in as somebody there.

Reachable only with SAMPLAN_DEMO=1; the product refuses to start with it in production.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Persona:
    """Somebody whom a visitor of the demo can sign in as."""

    tenant: str  # name of the huvudman
    host: str
    hsa_id: str
    name: str
    title: str
    unit_name: str
    story: str  # one line: what this person does
    username: str = ""  # at a simulated identity provider
