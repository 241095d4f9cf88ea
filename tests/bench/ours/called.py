"""The product's settings where a system calls: its token is signed by a key of the demo's kind."""

from ours.whole import *  # noqa: F403 - settings are read by name
from ours.whole import STATIC_ROOT

DEMO = True
DEMO_API_KEY = STATIC_ROOT.parent / "api-key.json"
