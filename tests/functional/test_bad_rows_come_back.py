"""A file's bad rows are had back in its own form, mended, and sent again."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest

from tests.functional.client import Client
from tests.functional.stores import Stores
from tests.functional.uploading import texts, zipped

BAD_SHEET = (
    'id;text;rating\r\n1;"It crashes; always";1\r\n2;;\r\n3;too;many;cells\r\n4;"two\r\nlines";5\r\n'
    "5;=1+1;2\r\n6;few\r\n7;;\r\n"
).encode("utf-8-sig")


@pytest.mark.parametrize("packing", [lambda body: body, gzip.compress, lambda body: zipped("x.csv", body)])
def test_bad_rows_are_had_back_mended_and_sent_again(
    client: Client, connection: str, stores: Stores, packing: Callable[[bytes], bytes]
) -> None:
    name = "bad.zip" if packing(b"")[:2] == b"PK" else "bad.csv"
    found = stores.imported(f"reviews/csv/{connection}/{name}", packing(BAD_SHEET))
    assert (found["made"], found["quarantined"]) == (3, 4)
    client.wait_for_tickets(connection, 3)
    download = client.call("GET", f"/imports/{found['id']}/bad-rows")
    assert download.headers["content-type"] == "text/csv; charset=utf-8"
    text = download.body.decode("utf-8-sig")
    header, *rows = text.splitlines()
    assert header == "_line;_reason;id;text;rating"
    assert [row.split(";")[0] for row in rows] == ["3", "4", "8", "9"]
    assert rows[1].endswith(";3;too;many;cells")
    again = stores.imported(f"reviews/csv/{connection}/as-it-was.csv", download.body)
    assert (again["made"], again["quarantined"]) == (0, 4)
    mended = text.replace(";2;;", ";2;=2+2;").replace(";too;many;cells", ";too many cells;")
    mended = mended.replace(";6;few", ";6;few;").replace(";7;;", ';7;"as;it;was";3')
    last = stores.imported(f"reviews/csv/{connection}/mended.csv", mended.encode("utf-8-sig"))
    assert (last["status"], last["made"], last["quarantined"]) == ("done", 4, 0)
    tickets = client.wait_for_tickets(connection, 7)
    stores.imported(f"reviews/csv/{connection}/mended-once-more.csv", mended.encode())
    stores.wait_until_quiet()
    assert client.tickets(connection) == tickets
    assert {ticket["external_id"]: ticket["text"] for ticket in tickets} == {
        "1": "It crashes; always", "2": "=2+2", "3": "too many cells", "4": "two\r\nlines", "5": "=1+1",
        "6": "few", "7": "as;it;was",
    }  # fmt: skip
    assert not any("_line" in str(client.get(f"/tickets/{one['id']}/feedback")) for one in tickets)


def test_mended_rows_without_an_id_are_named_as_they_would_have_been(
    client: Client, connection: str, stores: Stores
) -> None:
    found = stores.imported(f"reviews/csv/{connection}/one.csv", b"text,rating\ngood,5\n,odd\n")
    rows = client.call("GET", f"/imports/{found['id']}/bad-rows").body.replace(b",odd", b"mended,1")
    assert stores.imported(f"reviews/csv/{connection}/mended.csv", rows)["made"] == 1
    whole = stores.imported(f"reviews/csv/{connection}/all.csv", b"text,rating\ngood,5\nmended,1\n")
    assert whole["made"] == 2
    stores.wait_until_quiet()
    assert len(client.tickets(connection)) == 2


def test_bad_lines_are_had_back_as_they_were(client: Client, connection: str, stores: Stores) -> None:
    bad = b'{"id": 2, "text": "cut\n  [3]  \r\n{"id": 4}\n'
    lines = b'{"id": 1, "text": "good"}\n' + bad + b'{"id": 5, "text": "\xc3\xbcber"}'
    found = stores.imported(f"reviews/csv/{connection}/bad.ndjson", lines)
    assert (found["made"], found["quarantined"]) == (2, 3)
    download = client.call("GET", f"/imports/{found['id']}/bad-rows")
    assert download.headers["content-type"] == "application/x-ndjson; charset=utf-8"
    assert download.body == bad
    mended = bad.replace(b"cut", b'cut"}').replace(b"  [3]  \r\n", b"").replace(b"4}", b'4, "text": "x"}')
    assert stores.imported(f"reviews/csv/{connection}/mended.ndjson", mended)["made"] == 2
    assert texts(client.wait_for_tickets(connection, 4)) == {"good", "über", "cut", "x"}


def test_what_is_wrong_with_a_row_tells_its_file_and_its_line(
    client: Client, connection: str, stores: Stores
) -> None:
    found = stores.imported(f"reviews/csv/{connection}/one.csv", b"id,text\n1,good\n2,\n")
    (item,) = client.quarantined(connection)
    assert (item["event_id"], item["where"]) == (found["id"], "line 3")
    assert item["reason"]
    assert client.get(f"/imports/{item['event_id']}")["key"] == f"reviews/csv/{connection}/one.csv"
