"""`python -m tenants.seals EXPORT [--witness FILE ...]`: judge an export without anything else."""

import argparse
import sys
from pathlib import Path

from tenants.seals import judging


def main() -> int:
    """Judge an export; 1 if anything is wrong with it."""
    parser = argparse.ArgumentParser(prog="python -m tenants.seals", description=__doc__)
    parser.add_argument("export", type=Path, help="mappen från samplan audit export")
    parser.add_argument("--witness", type=Path, nargs="*", default=[], help="kontrollpunkter")
    told = parser.parse_args()
    reports = judging.judge(told.export, witnesses=told.witness)
    for it in reports:
        sys.stdout.write(f"{it.log or told.export}: {it.fault or f'{it.leaves} rader är hela.'}\n")
    return int(any(it.fault for it in reports))


if __name__ == "__main__":
    sys.exit(main())
