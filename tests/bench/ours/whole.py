"""The product's own settings; only the collected files lie elsewhere, and a case is JSON too."""

import os
from pathlib import Path

from project.settings import *  # noqa: F403 - settings are read by name

STATIC_ROOT = Path(os.environ["BENCH_STATIC"])
ROOT_URLCONF = "ours.urls"
