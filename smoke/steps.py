"""The check's steps, and the functions that each of them has do their work. `migrate` is none of them: the
deployment itself has run it."""

from __future__ import annotations

import base64
import secrets
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from smoke.deployment import CONNECTION, Deployment, SmokeError, wait_for

WEBHOOKS, FILES = "standard_webhooks", "csv"
CONNECTIONS = "/connections/{source}/{connection}"
EVENT = "smoke.checked"
"""The one type of the check's own inbox, so that nothing else lies there."""
UPLOAD = f"reviews/{FILES}/{CONNECTION}/smoke.csv"


def api_reaches_all(deployment: Deployment) -> None:
    """the API reaches database, tables, buckets, queues, bus and keys"""
    deployment.call("GET", "/health", query={"deep": "1"})


def a_webhook_becomes_a_ticket(deployment: Deployment) -> None:
    """a webhook becomes a ticket"""
    secret = secrets.token_bytes(32)
    _connect(deployment, WEBHOOKS, f"whsec_{base64.b64encode(secret).decode()}")
    data = {"id": "smoke", "text": deployment.said}
    answer = deployment.webhook(WEBHOOKS, secret, {"type": "feedback.created", "data": data})
    if answer.status != 202:
        raise SmokeError(f"the webhook was answered {answer.status}: {answer.json}")
    deployment.ticket_says(WEBHOOKS)


def a_file_becomes_a_ticket(deployment: Deployment) -> None:
    """a file becomes a ticket"""
    _connect(deployment, FILES, secrets.token_urlsafe(32))
    rows = f"id,text\nsmoke,{deployment.said}\n".encode()
    deployment.s3.put_object(Bucket=deployment.uploads, Key=UPLOAD, Body=rows)
    deployment.ticket_says(FILES)
    deployment.s3.delete_object(Bucket=deployment.uploads, Key=UPLOAD)


def a_job_is_done(deployment: Deployment) -> None:
    """a job is done"""
    since = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    reread = "/connections/{source}/{connection}/reread"
    job = deployment.call("POST", reread, _place(WEBHOOKS), body={"since": since})["id"]

    def over() -> str:
        status = str(deployment.call("GET", "/jobs/{id}", {"id": job})["status"])
        return status if status in ("done", "failed", "cancelled") else ""

    if (status := wait_for(over, f"the job {job} is not over")) != "done":
        raise SmokeError(f"the job {job} is {status}; GET /jobs/{job} has the reason")


def an_event_comes_to_the_inbox(deployment: Deployment) -> None:
    """a posted event comes to the inbox"""
    deployment.call("PUT", "/inbox", body={"types": [EVENT]})
    (posted,) = deployment.call("POST", "/events", body={"type": EVENT, "data": {}})["events"]

    def found() -> Any:
        items = deployment.call("GET", "/inbox", query={"type": EVENT, "limit": "100"})["items"]
        return next((item for item in items if item["event"]["id"] == posted["id"]), None)

    item = wait_for(found, f"the event {posted['id']} is not in the inbox")
    deployment.call("POST", "/inbox/{id}/ack", {"id": item["id"]}, body={})


SCHEDULED = ("relay", "deliver_due", "sweep", "poll")


def schedules_run(deployment: Deployment) -> None:
    """what is scheduled runs"""
    for name in SCHEDULED:
        if name in deployment.functions:
            _run_scheduled(deployment, deployment.functions[name])


def nothing_is_left(deployment: Deployment) -> None:
    """the check's connections are taken away"""
    for source in (WEBHOOKS, FILES):
        deployment.call("DELETE", CONNECTIONS, _place(source))


STEPS: Mapping[Callable[[Deployment], None], tuple[str, ...]] = {
    api_reaches_all: ("api",),
    a_webhook_becomes_a_ticket: ("receive", "ingest", "process"),
    a_file_becomes_a_ticket: ("uploads", "files", "process"),
    a_job_is_done: ("jobs",),
    an_event_comes_to_the_inbox: ("receive", "deliver", "pull"),
    schedules_run: SCHEDULED,
    nothing_is_left: ("api",),
}
"""In their order."""


def _connect(deployment: Deployment, source: str, secret: str) -> None:
    deployment.call("PUT", CONNECTIONS, _place(source), body={"secrets": [secret], "settings": {}})


def _place(source: str) -> dict[str, str]:
    return {"source": source, "connection": CONNECTION}


def _run_scheduled(deployment: Deployment, function: str) -> None:
    """Invokes a function as its schedule does."""
    event = {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "",
        "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "region": "",
        "resources": [],
        "detail": {},
    }
    deployment.invoke(function, event)
