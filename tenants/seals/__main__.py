"""`python -m tenants.seals EXPORT [--witness FILE ...] [--key KEY]`: judge an export, alone."""

import argparse
import sys
from pathlib import Path

from tenants.seals import judging, notes
from tenants.seals.verdicts import NO_WITNESS


def main() -> int:
    """Judge an export; 1 if anything is wrong with it."""
    parser = argparse.ArgumentParser(prog="python -m tenants.seals", description=__doc__)
    parser.add_argument("export", type=Path, help="mappen från samplan audit export")
    parser.add_argument("--witness", type=Path, nargs="*", default=[], help="kontrollpunkter")
    parser.add_argument(
        "--key", type=notes.read_key, action="append", default=[],
        help="en nyckel som ingen äldre går i god för, men du",
    )  # fmt: skip
    told = parser.parse_args()
    reports = judging.judge(told.export, witnesses=told.witness, known=told.key)
    for it in reports:
        sys.stdout.write(f"{it.log or told.export}: {it.fault or f'{it.leaves} rader är hela.'}\n")
        if not it.fault and not it.witnessed:
            sys.stdout.write(f"{it.log}: {NO_WITNESS}\n")
    return int(any(it.fault for it in reports))


if __name__ == "__main__":
    sys.exit(main())
