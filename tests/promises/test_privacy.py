"""docs/privacy.md against what is made and kept."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path

from chalicelib.api.routes import ROUTES
from chalicelib.services.dynamodb import (
    deliveries,
    event_log,
    imports,
    inbox_items,
    jobs,
    quarantine,
    receipts,
)
from chalicelib.services.postgres.users import RIGHTS
from tests.promises.test_docs import table

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/privacy.md").read_text(encoding="utf-8")
RESOURCES = json.loads((ROOT / "resources.json").read_text(encoding="utf-8"))
TERRAFORM = "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "terraform").glob("*.tf")))
PLACES = {row[0]: row[2] for row in table(PAGE, "place")}


def days(kept: timedelta) -> str:
    return f"{kept.days} days"


def default(variable: str) -> tuple[str, str]:
    """What Terraform takes in prod, and elsewhere."""
    found = re.search(
        rf"coalesce\(var\.{variable}, local\.production \? (\d+) : (\d+)\)", TERRAFORM
    ) or re.search(
        rf"var\.{variable} != null \? var\.{variable} : local\.production \? (\d+) : (\d+)", TERRAFORM
    )
    assert found, variable
    return found[1], found[2]


def test_every_table_bucket_and_store_has_a_row() -> None:
    assert {row[0] for row in table(PAGE, "table in PostgreSQL")} == set(RIGHTS)
    wanted = {f"bucket {name}" for name in RESOURCES["buckets"]} | {
        f"table {name}" for name in RESOURCES["tables"]
    }
    assert {place for place in PLACES if place.startswith(("bucket ", "table "))} == wanted


def test_what_expires_is_kept_as_long_as_the_page_says() -> None:
    assert PLACES["table quarantine"] == days(quarantine.KEPT)
    assert PLACES["table imports"] == days(imports.KEPT)
    assert PLACES["table jobs"] == days(jobs.KEPT)
    assert PLACES["table events"] == days(event_log.KEPT)
    assert PLACES["table deliveries"] == days(deliveries.KEPT)
    assert PLACES["table inbox"] == days(inbox_items.KEPT)
    assert PLACES["table claims"] == f"{receipts.KEPT // timedelta(hours=1)} hours"
    assert (
        f"for {PLACES['table claims']}"
        in dict(zip(PLACES, table(PAGE, "place"), strict=True))["table events"][1]
    )
    for name, one in RESOURCES["tables"].items():
        assert bool(one["ttl"]) == (PLACES[f"table {name}"][:1].isdigit()), name


def test_objects_are_kept_as_long_as_the_page_says() -> None:
    (uploads,) = re.findall(r"upload_days = (\d+)", TERRAFORM)
    assert PLACES["bucket uploads"] == f"{uploads} days"
    (raw,) = re.findall(r'variable "raw_days" \{.*?default\s+= (\d+)', TERRAFORM, re.DOTALL)
    assert PLACES["bucket artifacts"] == f"{raw} days (raw_days)"


def test_messages_events_and_lines_are_kept_as_long_as_the_page_says() -> None:
    longest = max(queue["retention_days"] for queue in RESOURCES["queues"].values())
    assert PLACES["queues and their dead-letter queues"] == f"{longest} days at most"
    assert PLACES["the bus's archive"] == f"{RESOURCES['bus']['archive_days']} days"
    prod, elsewhere = default("log_retention_days")
    assert PLACES["log groups"] == f"{elsewhere} days, in prod {prod} (log_retention_days)"
    prod, elsewhere = default("backup_days")
    assert PLACES["the database's backups"] == f"{elsewhere} days, in prod {prod} (backup_days)"


def test_no_route_erases_yet_as_the_page_says() -> None:
    assert not [route for route in ROUTES if "erasure" in route.path or route.path.startswith("/customers")]
    assert "There is no route for it yet" in PAGE
