"""A file in the bucket becomes tickets: its good rows, with the bad ones kept aside, once."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import random
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from local import aws
from local.stack import Stack
from tests.functional.aws_events import http_event
from tests.functional.by_hand import Functions
from tests.functional.client import KEY, Client, eventually
from tests.functional.stores import UPLOADS, Stores
from tests.functional.told import Told
from tests.functional.uploading import texts, zipped

PAGE = (Path(__file__).parents[1] / "data" / "reviews" / "app_store_page.json").read_bytes()
SHEET = "id,text,rating\na,It crashes,1\nb,Lovely,5\nc,Größer bitte,3\n"
TEXTS = {"It crashes", "Lovely", "Größer bitte"}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("plain.csv", SHEET.encode()),
        ("marked.csv", SHEET.encode("utf-8-sig")),
        ("from-excel.csv", SHEET.replace(",", ";").replace("\n", "\r\n").encode("utf-16")),
        ("tabs.tsv", SHEET.replace(",", "\t").encode()),
        ("packed.csv.gz", gzip.compress(SHEET.encode())),
        ("packed.csv.zip", zipped("packed.csv", SHEET.encode())),
        ("spreadsheet.zip", zipped("out/of a spreadsheet.TSV", SHEET.replace(",", "\t").encode("utf-16"))),
        ("from-a-mac.zip", zipped("a.csv", SHEET.encode(), **{"__MACOSX/._a.csv": b"\0\5\x16\7"})),
        ("two-members.csv.gz", gzip.compress(SHEET[:20].encode()) + gzip.compress(SHEET[20:].encode())),
        (
            "lines.ndjson",
            "".join(json.dumps({"id": i, "text": text}) + "\n" for i, text in enumerate(TEXTS)).encode(),
        ),
    ],
)
def test_a_table_becomes_a_ticket_a_row(
    client: Client, connection: str, stores: Stores, name: str, body: bytes
) -> None:
    """No connection has to be made for a file: who may write into the bucket was let in by AWS."""
    found = stores.imported(f"reviews/csv/{connection}/{name}", body)
    assert (found["status"], found["read"], found["made"], found["quarantined"]) == ("done", 3, 3, 0)
    assert found["left"] == 0
    assert texts(client.wait_for_tickets(connection, 3)) == TEXTS


def test_a_page_of_the_app_store_becomes_a_ticket_a_review(
    client: Client, connection: str, stores: Stores
) -> None:
    """Apple makes every attribute optional; a review without an id, or with nothing said in it, is none."""
    wanted = {
        one["id"]: one["attributes"] for one in json.loads(PAGE)["data"] if {"id", "attributes"} <= one.keys()
    }
    found = stores.imported(f"reviews/app_store/{connection}/page.json", PAGE)
    assert (found["status"], found["made"], found["quarantined"]) == ("done", len(wanted), 2)
    tickets = {one["external_id"]: one for one in client.wait_for_tickets(connection, len(wanted))}
    assert {id: one["text"] for id, one in tickets.items()} == {
        id: one.get("body", "") for id, one in wanted.items()
    }
    assert {one["kind"] for one in tickets.values()} == {"review"}
    assert {item["where"] for item in client.quarantined(connection)} == {"data[2]", "data[3]"}


def test_a_bad_row_is_kept_with_its_line_number_and_the_rest_goes_on(
    client: Client, connection: str, stores: Stores
) -> None:
    rows = b'id,text\n1,good\n2\n3,wrong charset \xff\xfe\n4,\n5,\xc3\xbcber\n6,"never closed\n7,last\n'
    found = stores.imported(f"reviews/csv/{connection}/mixed.csv", rows)
    assert (found["status"], found["made"], found["quarantined"]) == ("done", 3, 4)
    assert texts(client.wait_for_tickets(connection, 3)) == {"good", "über", "last"}
    kept = {item["where"]: item for item in client.quarantined(connection)}
    assert sorted(kept) == ["line 3", "line 4", "line 5", "line 7"]
    assert "not UTF-8 at byte" in kept["line 4"]["reason"]
    assert {item["by"] for item in kept.values()} == {"csv/1"}
    assert {item["event_id"] for item in kept.values()} == {found["id"]}
    download = client.call("GET", f"/imports/{found['id']}/bad-rows?form=list")
    assert download.headers["content-type"].startswith("text/csv")
    listed = list(csv.DictReader(io.StringIO(download.body.decode())))
    assert [(row["where"], row["reason"]) for row in listed] == [
        (place, kept[place]["reason"]) for place in sorted(kept)
    ]
    assert listed[1]["row"] == "3,wrong charset \ufffd\ufffd"


@pytest.mark.parametrize(
    "body",
    [
        SHEET.encode("cp1252"),
        ("sep=;\r\n" + SHEET.replace(",", ";")).encode("cp1252"),
        ("\r\n" + SHEET.replace(",", ";").replace("\n", "\r\n")).encode("cp1252"),
        SHEET.encode("utf-16-le"),
    ],
    ids=["a code page", "a line for Excel", "a blank first line", "no byte order mark"],
)
def test_a_file_as_spreadsheets_write_it_loses_nothing(
    client: Client, connection: str, stores: Stores, body: bytes
) -> None:
    found = stores.imported(f"reviews/csv/{connection}/old.csv", body)
    assert (found["status"], found["made"], found["quarantined"]) == ("done", 3, 0)
    assert texts(client.wait_for_tickets(connection, 3)) == TEXTS


def test_the_same_file_twice_makes_nothing_new(client: Client, connection: str, stores: Stores) -> None:
    sheet = b"text\nwithout an id\nanother without\n"
    first = stores.imported(f"reviews/csv/{connection}/one.csv", sheet)
    tickets = client.wait_for_tickets(connection, 2)
    # The same object once more; the same rows under another name, where their cells name them.
    stores.upload(f"reviews/csv/{connection}/one.csv", sheet)
    again = stores.imported(f"reviews/csv/{connection}/copy.csv", sheet)
    stores.wait_until_quiet()
    assert again["id"] != first["id"]
    assert stores.find_import(f"reviews/csv/{connection}/one.csv") == first
    assert client.tickets(connection) == tickets


def test_the_same_rows_in_whatever_packing_make_nothing_new(
    client: Client, connection: str, stores: Stores
) -> None:
    sheet = b"text,rating\nwithout an id,1\nanother without,2\n"
    stores.imported(f"reviews/csv/{connection}/one.csv", sheet)
    tickets = client.wait_for_tickets(connection, 2)
    for name, body in (
        ("one.csv.gz", gzip.compress(sheet)),
        ("two.zip", zipped("any.csv", sheet)),
        ("three.csv", sheet.replace(b",", b";").replace(b"\n", b"\r\n")),
    ):
        found = stores.imported(f"reviews/csv/{connection}/{name}", body)
        assert (found["status"], found["made"]) == ("done", 2)
    stores.wait_until_quiet()
    assert client.tickets(connection) == tickets


def test_a_corrected_file_changes_what_changed(client: Client, connection: str, stores: Stores) -> None:
    stores.imported(f"reviews/csv/{connection}/one.csv", b"id,text\n1,as it was\n2,stays\n")
    before = {ticket["external_id"]: ticket for ticket in client.wait_for_tickets(connection, 2)}
    stores.upload(f"reviews/csv/{connection}/one.csv", b"id,text\n1,as it is\n2,stays\n")
    eventually(lambda: client.get(f"/tickets/{before['1']['id']}")["text"] == "as it is")
    stores.wait_until_quiet()
    after = {ticket["external_id"]: ticket for ticket in client.tickets(connection)}
    assert after["2"] == before["2"]
    assert after["1"]["id"] == before["1"]["id"]


def broken(body: bytes) -> bytes:
    return body[: len(body) // 2] + b"\0\0\0\0" + body[len(body) // 2 + 4 :]


MANY = b"id,text\n" + b"".join(
    b"%d,row %d %s\n" % (n, n, random.Random(n).randbytes(20).hex().encode()) for n in range(120)
)


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("cut.csv.gz", gzip.compress(MANY)[:-200], "cut off after"),
        ("broken.csv.gz", broken(gzip.compress(MANY)), "broken after"),
        ("bomb.csv.gz", gzip.compress(b"id,text\n" + b"\0" * 40_000_000, 9), "more than 20000000 bytes"),
        ("two.zip", zipped("a.csv", MANY, **{"b.csv": MANY}), "the zip holds 2 files"),
        ("picture.zip", zipped("picture.png", b"PNG"), "it holds picture.png; csv reads what ends in"),
        ("cut.zip", zipped("a.csv", MANY)[:-40], "broken or cut off"),
        ("bomb.zip", zipped("a.csv", b"id,text\n" + b"\0" * 40_000_000), "more than 20000000 bytes"),
        ("none.zip", b"id,text\n1,a\n", "it is called .zip, and is none"),
        ("headless.csv", b"colour,size\nred,1\n", "no column for the text"),
        ("picture.csv", b"\x89PNG\x1a" + random.Random(7).randbytes(50_000), "line 1"),
        ("cut-utf16.csv", SHEET.encode("utf-16")[:-3], "broken utf-16"),
        ("not.json", b"this is no JSON", "expected"),
        ("cut.json", PAGE[: len(PAGE) // 2], "the file ends here"),
        ("deep.json", b'{"data": ' + b"[" * 100_000, "nested too deep"),
        ("digits.json", b'{"data": [' + b"9" * 5_000 + b"]}", "5000 digits"),
        ("nan.json", b'{"data": [NaN]}', "NaN"),
    ],
)
def test_a_file_that_cannot_be_read_on_fails_with_the_place(
    client: Client, connection: str, stores: Stores, name: str, body: bytes, reason: str
) -> None:
    source, dead = "app_store" if name.endswith("json") else "csv", stores.dead()
    found = stores.imported(f"reviews/{source}/{connection}/{name}", body)
    assert found["status"] == "failed"
    assert reason in found["reason"]
    (item,) = client.quarantined(connection)
    assert item["reason"] == found["reason"]
    last = found["read"] + (source == "csv")  # behind the header, where there is one
    went_on = found["read"] or name.startswith("bomb")  # into a line without end
    assert item["where"] == (f"after {last}" if went_on else "file")
    assert client.get("/health")["status"] == "ok"
    assert stores.dead() == dead
    stores.wait_until_quiet()
    assert len(client.tickets(connection)) == found["made"]


def test_an_endless_line_is_passed_over(client: Client, connection: str, stores: Stores) -> None:
    rows = b"id,text\n1,before\n2," + b"x" * 3_000_000 + b"\n3,behind\n"
    found = stores.imported(f"reviews/csv/{connection}/endless.csv", rows)
    assert (found["status"], found["made"], found["quarantined"]) == ("done", 2, 1)
    (item,) = client.quarantined(connection)
    assert (item["where"], "longer than 1,000,000 bytes" in item["reason"]) == ("line 3", True)
    assert texts(client.wait_for_tickets(connection, 2)) == {"before", "behind"}


@pytest.mark.parametrize(
    ("key", "body", "reason"),
    [
        ("reviews/x", b"1", "neither reviews/"),
        ("reviews/csv/{}", b"1", "neither reviews/"),
        ("reviews/csv/{}/one.pdf", b"1", "reads files that end in .csv"),
        ("reviews/csv/{}/one.csv", b"", "empty"),
        ("reviews/zendesk/{}/one.json", b"{}", "reads files that end in nothing"),
        ("reviews/csv//{}.csv", b"1", "neither reviews/"),
    ],
)
def test_a_file_that_nobody_reads_is_refused_with_the_reason(
    client: Client, connection: str, stores: Stores, key: str, body: bytes, reason: str
) -> None:
    key = key.format(connection)
    found = stores.imported(key, body)
    assert found["status"] == "refused"
    assert reason in found["reason"]
    listed = client.get("/quarantine", limit=100)["items"]
    (item,) = [item for item in listed if item["event_id"] == found["id"]]
    assert (item["where"], item["reason"], item["replayable"]) == ("file", found["reason"], False)
    assert client.call("POST", f"/quarantine/{item['id']}/replay").status == 409


def test_a_file_whose_source_is_not_there_waits_for_it(
    client: Client, connection: str, stores: Stores
) -> None:
    found = stores.imported(f"reviews/nobody/{connection}/one.csv", b"id,text\n1,hello\n")
    assert (found["status"], found["reason"]) == ("failed", "no plugin gives the source nobody now")
    (item,) = client.quarantined(connection)
    assert item["replayable"]
    assert client.call("POST", f"/quarantine/{item['id']}/replay").status == 202
    stores.wait_until_quiet()
    assert [again["reason"] for again in client.quarantined(connection)] == [found["reason"]]


def test_any_name_that_s3_takes_is_read(client: Client, connection: str, stores: Stores) -> None:
    key = f"reviews/csv/{connection}/März 2026/100%+ & more (final)%20😀.csv"
    found = stores.imported(key, SHEET.encode())
    assert (found["key"], found["status"], found["made"]) == (key, "done", 3)
    assert texts(client.wait_for_tickets(connection, 3)) == TEXTS


@pytest.mark.parametrize("odd", ["Capitals", "with space", "ünï", "x" * 200, "a%2Fb"])
def test_a_connection_in_a_key_must_be_a_name(
    client: Client, connection: str, stores: Stores, odd: str
) -> None:
    """Such tickets could be found by no filter."""
    found = stores.imported(f"reviews/csv/{odd}/{connection}.csv", SHEET.encode())
    assert found["status"] == "refused"
    assert "a-z" in found["reason"]


def test_the_aws_cli_uploads_as_any_partner_would(
    client: Client, connection: str, stores: Stores, stack: Stack, tmp_path: Path
) -> None:
    file = tmp_path / "reviews.csv"
    file.write_text(SHEET, encoding="utf-8")
    key = f"reviews/csv/{connection}/cli.csv"
    environment = dict(os.environ)
    aws.confine(environment, stack.aws_port)
    environment.pop("PYTHONPATH", None)
    command = Path(sys.executable).with_name("aws")
    address = ["--endpoint-url", f"http://127.0.0.1:{stack.aws_port}"]
    done = subprocess.run(
        [command, *address, "s3", "cp", str(file), f"s3://{UPLOADS}/{key}"],
        env=environment,
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert stores.over(key)["made"] == 3
    assert texts(client.wait_for_tickets(connection, 3)) == TEXTS


def test_a_connection_says_which_column_is_which(client: Client, connection: str, stores: Stores) -> None:
    settings = {"columns": {"text": "Customer says", "rating": "Sterne"}}
    assert client.call("PUT", f"/connections/csv/{connection}", {"settings": settings}).status == 200
    sheet = b"Nr,Customer says,Sterne\n1,Too slow,2\n"
    assert stores.imported(f"reviews/csv/{connection}/own.csv", sheet)["made"] == 1
    (ticket,) = client.wait_for_tickets(connection)
    assert (ticket["text"], ticket["rating"]) == ("Too slow", 2.0)


def test_what_is_over_cannot_be_cancelled(client: Client, connection: str, stores: Stores) -> None:
    found = stores.imported(f"reviews/csv/{connection}/one.csv", SHEET.encode())
    answer = client.call("DELETE", f"/imports/{found['id']}")
    assert (answer.status, "done already" in answer.json["detail"]) == (409, True)


def test_a_file_rests_while_much_feedback_waits(
    start: Callable[..., Told], quiet_stack: Stack, connection: str
) -> None:
    """Its next message has a delay, which nobody waits for here: it is handed over at once."""
    told = start(TRIGGERIQ_IMPORT_BACKLOG="50")
    sheet = "id,text\n" + "".join(f"{n},It crashes on page {n}\n" for n in range(150))
    quiet_stack.client("s3").put_object(
        Bucket=UPLOADS, Key=f"reviews/csv/{connection}/long.csv", Body=sheet.encode()
    )
    told.functions.step("uploads")

    def held() -> dict[str, Any]:
        answer = told.functions.invoke("api", http_event("GET", "/imports", {}, {"X-Api-Key": KEY}))
        (found,) = [one for one in json.loads(answer["body"])["items"] if connection in one["key"]]
        return dict(found)

    handed_over = told.step("files")
    assert (held()["status"], held()["read"]) == ("running", 100)
    assert quiet_stack.waiting("files", "feedback") == {"files": 1, "feedback": 100}
    told.functions.invoke("files", handed_over)
    assert (held()["status"], held()["read"]) == ("running", 100)
    while told.functions.step("process"):
        pass
    told.functions.invoke("files", handed_over)
    assert (held()["status"], held()["read"], held()["made"]) == ("done", 150, 150)
    while told.functions.step("process"):
        pass
    assert len(told.created()) == 150


def test_a_cancelled_file_is_not_read(functions: Functions, quiet_stack: Stack, connection: str) -> None:
    functions.run_until_quiet()
    quiet_stack.client("s3").put_object(
        Bucket=UPLOADS, Key=f"reviews/csv/{connection}/one.csv", Body=SHEET.encode()
    )
    event = functions.next_upload()
    assert event is not None
    functions.finish("uploads", event)

    def call(method: str, route: str, **place: str) -> Any:
        answer = functions.invoke("api", http_event(method, route, place, {"X-Api-Key": KEY}))
        assert answer["statusCode"] == 200, answer
        return json.loads(answer["body"])

    (waiting,) = [one for one in call("GET", "/imports")["items"] if connection in one["key"]]
    assert waiting["status"] == "registered"
    assert call("DELETE", "/imports/{id}", id=waiting["id"])["status"] == "cancelled"
    functions.run_until_quiet()
    found = call("GET", "/imports/{id}", id=waiting["id"])
    assert (found["status"], found["read"], found["made"]) == ("cancelled", 0, 0)
