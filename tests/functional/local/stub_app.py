"""A small app.py in the place of TriggerIQ's: says what its functions are handed, and misbehaves on demand.

What it is handed goes, as JSON lines, to the file that STUB_RECORD names.
"""

import os

if "AWS_CHALICE_CLI_MODE" in os.environ:
    from local import start

    start.whole_system()

import json
import signal
import time
from pathlib import Path

from chalice import Chalice

app = Chalice(app_name="triggeriq")
COLOUR = "green"


@app.route("/health", methods=["GET", "HEAD"])
def health():
    return {"stage": os.environ["TRIGGERIQ_STAGE"], "colour": COLOUR}


@app.route("/echo/{name}", methods=["POST"], content_types=["*/*"])
def echo(name):
    request = app.current_request
    return {"name": name, "length": len(request.raw_body), "request_id": request.context["requestId"]}


@app.route("/environment")
def environment():
    return dict(os.environ)


def record(event, context):
    entry = {"function": os.environ["TRIGGERIQ_FUNCTION"], "pid": os.getpid(), "event": event}
    entry["context"] = {
        "request_id": context.aws_request_id,
        "name": context.function_name,
        "arn": context.invoked_function_arn,
        "remaining": context.get_remaining_time_in_millis(),
    }
    with Path(os.environ["STUB_RECORD"]).open("a") as file:
        file.write(json.dumps(entry) + "\n")


@app.lambda_function()
def ingest(event, context):
    record(event, context)
    bodies = [item["body"] for item in event["Records"]]
    if "raise" in bodies:
        raise ValueError("as asked")
    if "kill" in bodies:
        os.kill(os.getpid(), signal.SIGKILL)
    if "hang" in bodies:
        time.sleep(600)
    return {
        "batchItemFailures": [
            {"itemIdentifier": item["messageId"]} for item in event["Records"] if item["body"] == "bad"
        ]
    }


@app.lambda_function()
def deliver(event, context):
    """Returns once as many are at work as one of its messages says."""
    record(event, context)
    at_work = Path(os.environ["STUB_RECORD"]).with_suffix(".at_work")
    with at_work.open("a") as file:
        file.write("1")
    while any(at_work.stat().st_size < int(item["body"]) for item in event["Records"]):
        time.sleep(0.01)


@app.lambda_function()
def uploads(event, context):
    record(event, context)
    if "raise" in event["Records"][0]["s3"]["object"]["key"]:
        raise ValueError("as asked")


@app.lambda_function()
def relay(event, context):
    record(event, context)
    if os.environ.get("STUB_FAILS") == "relay":
        raise ValueError("as asked")


files = process = deliver_due = sweep = migrate = relay
