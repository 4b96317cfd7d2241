"""`make capture`: a golden request of a saved one, or of an entry in the quarantine of the running system."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from local import quarantine
from local.processes import StartError
from local.state import PROJECT
from triggeriq.testing import capture

GOLDEN = PROJECT / "tests" / "data" / "golden"


def main() -> int:
    parser = argparse.ArgumentParser(prog="make capture")
    parser.add_argument("--source", required=True)
    parser.add_argument("--name", required=True)
    parser.add_argument("--from", dest="saved", required=True, help="a file, or the id of a quarantine entry")
    options, others = parser.parse_known_args()
    if not (options.source and options.name and options.saved):
        sys.exit("triggeriq: say SOURCE, NAME and FROM, such as SOURCE=zendesk NAME=reply FROM=saved.http")
    given = [
        "--source",
        options.source,
        "--name",
        options.name,
        "--into",
        str(GOLDEN / options.source),
        *others,
    ]
    if Path(options.saved).exists():
        return capture.main([*given, "--from", options.saved])
    try:
        raw = quarantine.request(options.saved, os.environ)
    except (LookupError, StartError) as error:
        sys.exit(f"triggeriq: {options.saved} is no file, and {error}")
    return capture.main(given, raw)


if __name__ == "__main__":
    sys.exit(main())
