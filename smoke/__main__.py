"""`terraform output -json | python -m smoke`: checks the deployment whose outputs it is given.

Credentials and region are those that botocore finds; they must be allowed to write into tables and buckets,
and to invoke the functions, as whoever deploys is.
"""

from __future__ import annotations

import json
import sys
import time

from smoke.deployment import Deployment, SmokeError
from smoke.steps import STEPS


def main() -> int:
    outputs = {name: output["value"] for name, output in json.load(sys.stdin).items()}
    with Deployment(outputs) as deployment:
        for step, functions in STEPS.items():
            began = time.monotonic()
            what = (step.__doc__ or "").strip()
            try:
                step(deployment)
            except SmokeError as error:
                print(
                    f"FAILED  {what}: {error}\n        look at the logs of {', '.join(functions)}", flush=True
                )
                return 1
            print(f"ok      {what} ({', '.join(functions)}), {time.monotonic() - began:.1f} s", flush=True)
    return 0


sys.exit(main())
