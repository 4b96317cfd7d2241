"""The table `jobs`: one row for each job, with its lock, its checkpoint and its progress.

There is another row ("work#<sha256>") for each piece of work, which is a kind of job with its arguments. It
has the id of the last job that did it. It is written conditionally: of two that start the same work at once,
one is refused.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from dataclasses import fields
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from chalicelib.domain.operations.job import Job, for_eyes_of
from chalicelib.domain.page import Page, from_cursor, to_cursor
from chalicelib.errors import Conflict, NotFound
from chalicelib.services.aws_errors import aws_errors
from chalicelib.services.dynamodb.items import from_item, to_attribute, to_item
from chalicelib.services.dynamodb.paging import IN_FORCE, READ_AT_ONCE, filled
from chalicelib.services.dynamodb.visibility import visible
from chalicelib.services.external import external

if TYPE_CHECKING:
    from chalicelib.domain.operations.restriction import Restriction
    from chalicelib.ports.operations import Clock

KEPT = timedelta(days=90)
"""How long a job is known."""
BEGINNING = timedelta(minutes=1)
"""How long a piece of work counts as begun though its job is not there: the job's row is written right
after."""
REASON_LIMIT = 1_000
"""Characters of a reason."""

_translate = aws_errors("dynamodb")
_ID = re.compile("[0-9a-f]{24}")
_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?[+-]\d\d:\d\d", re.ASCII)
_TIMES = {"created_at", "updated_at", "started_at", "finished_at"}
_TEXTS = {"arguments", "checkpoint"}
"""Kept as JSON, since only the kind of job knows what is in them."""
_OPEN = f"#status IN (:queued, :running) AND {IN_FORCE}"
_NAMES = tuple(field.name for field in fields(Job))


class DynamoJobs:
    """Jobs (chalicelib.ports) in DynamoDB. client: boto's, for DynamoDB."""

    def __init__(self, client: Any, table: str, now: Clock) -> None:
        self._client, self._table, self._now = client, table, now

    def start(self, job: Job) -> None:
        key = f"work#{hashlib.sha256(job.work.encode()).hexdigest()}"
        last = self._claim(key, job, "")
        if last is not None:
            other = self.find(last["job"])
            if other is None:
                under_way = datetime.fromisoformat(last["at"]) > self._now() - BEGINNING
            else:
                under_way = not other.over
            if under_way:
                raise _same(last["job"])
            another = self._claim(key, job, last["job"])
            if another is not None:
                raise _same(another["job"])
        self._put(job)

    @external("jobs.claim", _translate)
    def _claim(self, key: str, job: Job, after: str) -> dict[str, Any] | None:
        """Claim the work for this job, if nobody has it or the job `after` has it. Returns None; or the row
        of who has it instead."""
        try:
            self._client.put_item(
                TableName=self._table,
                Item=to_item(
                    {"id": key, "job": job.id, "at": self._now().isoformat(), "expires_at": self._expiry()}
                ),
                # `:own`, since the SDK repeats a request whose answer was lost.
                ConditionExpression="attribute_not_exists(id) OR expires_at <= :now OR job IN (:after, :own)",
                ExpressionAttributeValues=to_item({":now": self._seconds(), ":after": after, ":own": job.id}),
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            return from_item(error.response["Item"])
        return None

    @external("jobs.write", _translate)
    def _put(self, job: Job) -> None:
        row = {name: _plain(name, value) for name in _NAMES if (value := getattr(job, name)) is not None}
        row |= {"listed": "jobs", "unfinished": "jobs", "expires_at": self._expiry()}
        self._client.put_item(TableName=self._table, Item=to_item(row))

    @external("jobs.read", _translate)
    def find(self, id: str, within: Restriction | None = None, owner: str | None = None) -> Job | None:
        answer = self._client.get_item(TableName=self._table, Key={"id": {"S": id}}, ConsistentRead=True)
        item = answer.get("Item")
        if not item or int(item["expires_at"]["N"]) <= self._now().timestamp():
            return None
        return _job(item) if _seen(item, within, owner) else None

    def begin(self, id: str, holder: str, until: datetime) -> Job | None:
        return self._update(
            id,
            "SET #status = :running, held_by = :holder, held_until = :until, updated_at = :at, "
            "started_at = if_not_exists(started_at, :at) ADD saves :one",
            " AND (attribute_not_exists(held_until) OR held_until < :at OR held_by = :holder)",
            {":holder": holder, ":until": until.isoformat(), ":at": self._now().isoformat(), ":one": 1},
        )

    def save(self, job: Job, until: datetime | None) -> Job | None:
        changes = {
            name: _plain(name, getattr(job, name))
            for name in ("checkpoint", "done", "skipped", "total", "finished_at")
        }
        changes |= {"reason": job.reason and job.reason[:REASON_LIMIT], "saves": job.saves + 1}
        gone = ([] if until else ["held_until", "held_by"]) + (["unfinished"] if job.over else [])
        return self._update(
            job.id,
            "SET #status = :status, updated_at = :at, "
            + ", ".join(f"#{name} = :{name}" for name in changes)
            + (", held_until = :until" if until else "")
            + (f" REMOVE {', '.join(gone)}" if gone else ""),
            " AND #saves = :was",
            {
                **{f":{name}": value for name, value in changes.items()},
                ":status": job.status,
                ":at": self._now().isoformat(),
                ":was": job.saves,
                **({":until": until.isoformat()} if until else {}),
            },
            {f"#{name}": name for name in changes},
        )

    def cancel(self, id: str) -> Job:
        cancelled = self._update(
            id,
            "SET #status = :status, updated_at = :finished_at, finished_at = :finished_at "
            "REMOVE held_until, held_by, unfinished",
            "",
            {":status": "cancelled", ":finished_at": self._now().isoformat()},
        )
        if cancelled is not None:
            return cancelled
        held = self.find(id)
        if held is None:
            raise NotFound(f"there is no job {id}; GET /jobs lists them")
        raise Conflict(f"the job is {held.status} already")

    def sent(self, job: Job) -> None:
        self._update(
            job.id,
            "SET updated_at = :at",
            " AND saves = :was",
            {":at": self._now().isoformat(), ":was": job.saves},
        )

    @external("jobs.update", _translate)
    def _update(
        self,
        id: str,
        change: str,
        condition: str,
        values: dict[str, Any],
        names: dict[str, str] | None = None,
    ) -> Job | None:
        """Returns the job as it is afterwards; None where it is over or unknown, or where `condition` does
        not hold."""
        try:
            answer = self._client.update_item(
                TableName=self._table,
                Key={"id": {"S": id}},
                UpdateExpression=change,
                ConditionExpression=_OPEN + condition,
                ExpressionAttributeNames={"#status": "status", **(names or {})},
                ExpressionAttributeValues=to_item(
                    {":queued": "queued", ":running": "running", ":now": self._seconds(), **values}
                ),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        except self._client.exceptions.ConditionalCheckFailedException as error:
            held = error.response.get("Item") or {}
            wanted = {
                name.removeprefix(":"): to_attribute(value)
                for name, value in values.items()
                if name.removeprefix(":") in _NAMES
            }
            # A row that has these values is our own change: its answer was lost, so the SDK repeated the
            # request.
            return _job(held) if wanted and held.items() >= wanted.items() else None
        return _job(answer["Attributes"])

    @external("jobs.list", _translate)
    def list(
        self, limit: int, cursor: str | None, within: Restriction | None, owner: str | None = None
    ) -> Page[Job]:
        start = None
        if cursor:
            id, at = from_cursor(cursor, _ID, _TIME)
            start = to_item({"listed": "jobs", "created_at": at, "id": id})
        read = partial(
            self._client.query,
            TableName=self._table,
            IndexName="by_time",
            KeyConditionExpression="listed = :jobs",
            FilterExpression=IN_FORCE,
            ExpressionAttributeValues=to_item({":jobs": "jobs", ":now": self._seconds()}),
            ScanIndexForward=False,
            Limit=limit + 1 if within is None and owner is None else READ_AT_ONCE,
        )
        items, last = filled(
            read, limit, ("listed", "created_at", "id"), start, lambda item: _seen(item, within, owner)
        )
        return Page(
            tuple(_job(item) for item in items),
            to_cursor(last["id"]["S"], last["created_at"]["S"]) if last else None,
        )

    @external("jobs.forgotten", _translate)
    def forgotten(self, before: datetime) -> Sequence[Job]:
        pages = self._client.get_paginator("query").paginate(
            TableName=self._table,
            IndexName="unfinished",
            KeyConditionExpression="unfinished = :jobs",
            FilterExpression=f"{IN_FORCE} AND updated_at < :before AND "
            "(attribute_not_exists(held_until) OR held_until < :at)",
            ExpressionAttributeValues=to_item(
                {
                    ":jobs": "jobs",
                    ":now": self._seconds(),
                    ":before": before.isoformat(),
                    ":at": self._now().isoformat(),
                }
            ),
        )
        return [_job(item) for page in pages for item in page["Items"]]

    def _seconds(self) -> int:
        return int(self._now().timestamp())

    def _expiry(self) -> int:
        return int((self._now() + KEPT).timestamp())


def _seen(item: Any, within: Restriction | None, owner: str | None) -> bool:
    row = from_item(item)
    return visible(row, within) and for_eyes_of(row.get("audience", ""), owner)


def _same(id: str) -> Conflict:
    return Conflict(f"job {id} does the same already; follow it at GET /jobs/{id}, or cancel it first")


def _plain(name: str, value: Any) -> Any:
    if name in _TEXTS:
        return json.dumps(value)
    return value.isoformat() if isinstance(value, datetime) else value


def _job(item: Any) -> Job:
    row = from_item(item)
    known = {name: row[name] for name in _NAMES if row.get(name) is not None}
    known |= {name: datetime.fromisoformat(known[name]) for name in _TIMES & known.keys()}
    known |= {name: json.loads(known[name]) for name in _TEXTS & known.keys()}
    return Job(**known | {"connections": tuple(known["connections"])})
