"""`python -m triggeriq.testing.scaffold --name acme --kind source --out ../acme`: a new plugin. `make plugin`
runs it in a checkout."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from triggeriq.testing.scaffold import KINDS, Refused, make


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m triggeriq.testing.scaffold", description=__doc__)
    parser.add_argument("--name", required=True, help="of the plugin, such as acme")
    parser.add_argument("--kind", default="source", help=" or ".join(KINDS))
    parser.add_argument("--out", type=Path, help="a folder for a distribution of its own")
    parser.add_argument("--checkout", type=Path, help="TriggerIQ's, whose plugins' names are taken")
    options = parser.parse_args()
    try:
        made = make(options.name, options.kind, options.checkout, options.out)
    except Refused as refusal:
        sys.stderr.write(f"triggeriq: no plugin was made: {refusal}\n")
        return 1
    told = [f"  {file}" for file in made.files]
    left = [f"  {mark}" for mark in made.left]
    sys.stdout.write("\n".join(["Made:", *told, "", "To fill in, each marked FILL_IN:", *left, ""]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
