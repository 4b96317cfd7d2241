"""What lies behind the API: where files are put, where messages wait, what PostgreSQL holds."""

from __future__ import annotations

from typing import Any

from chalicelib.services.postgres.connection import Database
from local.catalogue import named
from local.stack import Stack
from tests.functional.by_hand import ON_THE_WAY
from tests.functional.client import Client, eventually

OVER = ("done", "cancelled", "failed", "refused")
"""What an import ends as."""
UPLOADS, ARTIFACTS = named("uploads"), named("artifacts")

TICKET_TABLES = {"processing_logs": "ticket_id", "feedback": "ticket_id", "tickets": "id"}


class Stores:
    """The local AWS and PostgreSQL of a running TriggerIQ."""

    def __init__(self, stack: Stack, client: Client) -> None:
        self._stack, self._client = stack, client

    def upload(self, key: str, body: bytes) -> None:
        """Put the file into the bucket, as a partner's script does."""
        self._stack.client("s3").put_object(Bucket=UPLOADS, Key=key, Body=body)

    def find_import(self, key: str) -> dict[str, Any]:
        """The newest import of that key, or nothing."""
        items = self._client.get("/imports", limit=100)["items"]
        return next((item for item in items if item["key"] == key), {})

    def imported(self, key: str, body: bytes) -> dict[str, Any]:
        """The import that the file becomes, once it is over."""
        self.upload(key, body)
        return self.over(key)

    def over(self, key: str) -> dict[str, Any]:
        return eventually(
            lambda: (
                found
                if (found := self.find_import(key)).get("status")
                in ("done", "cancelled", "failed", "refused")
                else {}
            )
        )

    def artifacts(self, prefix: str) -> dict[str, bytes]:
        """What is kept below the prefix, by key."""
        s3 = self._stack.client("s3")
        listed = s3.list_objects_v2(Bucket=ARTIFACTS, Prefix=prefix).get("Contents", [])
        return {one["Key"]: s3.get_object(Bucket=ARTIFACTS, Key=one["Key"])["Body"].read() for one in listed}

    def send(self, queue: str, body: str) -> str:
        """Put a message on a queue; its id."""
        sqs = self._stack.client("sqs")
        sent = sqs.send_message(QueueUrl=self._stack.queue_url(queue), MessageBody=body)
        return str(sent["MessageId"])

    def rows(self, table: str, **values: str) -> list[dict[str, Any]]:
        """Rows of a DynamoDB table, as it has them, with these values."""
        items = self._stack.client("dynamodb").scan(TableName=named(table))["Items"]
        return [
            item for item in items if all(item.get(name) == {"S": value} for name, value in values.items())
        ]

    def dead(self) -> dict[str, int]:
        """How many messages each dead-letter queue holds. Other stories may have left some."""
        return self._stack.waiting("ingest-dlq", "files-dlq", "feedback-dlq", "jobs-dlq", "async-dlq")

    def wait_until_quiet(self) -> None:
        """Returns when nothing is on its way. Twice: between two counts a message may change its queue.

        It may take long on a busy machine: moto replays its whole archive, whatever the time asked for."""
        quiet = 0

        def still() -> bool:
            nonlocal quiet
            quiet = 0 if any(self._stack.waiting(*ON_THE_WAY).values()) else quiet + 1
            return quiet >= 2

        eventually(still, seconds=180)

    def lose(self, tickets: list[str]) -> None:
        """PostgreSQL has them no more, nor anything that belongs to them: as after an old backup."""
        database = Database(self._stack.database)
        with database.transaction() as session:
            session.run("set local session_replication_role = replica")  # past what guards the audit trail
            for table, key in TICKET_TABLES.items():
                session.run(f"delete from {table} where {key} = any(cast(:lost as uuid[]))", lost=tickets)
        database.close()

    def sql(self, statement: str, **parameters: Any) -> list[list[Any]]:
        database = Database(self._stack.database)
        try:
            return database.run(statement, **parameters)
        finally:
            database.close()
