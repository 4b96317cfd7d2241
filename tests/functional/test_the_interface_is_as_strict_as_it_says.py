"""A stranger's tester of interfaces, schemathesis, finds /openapi.json and the running system at one: nothing
is answered that is not described, what the schema forbids is refused, and what it allows is taken."""

from __future__ import annotations

import copy
import json
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from local.application import Application
from local.stack import Stack
from tests.functional.client import KEY, SECRET, Client, eventually
from tests.functional.stores import Stores

CONFIGURATION = Path(__file__).with_name("schemathesis.toml")
SOURCE = "generic_json"
"""It takes the developer's key as a partner's proof, so that what is sent is genuine."""
FILES = ["reviews.csv", "all of it/2026.ndjson.gz", "any.zip"]
"""Names that the source reads: the shape knows no source."""
TAGS = ['"1"', 'W/"1"', '"1", "2"', "*"]
URLS = ["http://127.0.0.1:9/", "https://crm.example.com/hook?a=b"]
TIMES = ["2024-05-01T00:00:00Z"]
LATER = ["2100-01-01T00:00:00Z", None]


@pytest.fixture(scope="module")
def world() -> Iterator[tuple[str, Mapping[str, list[str]]]]:
    """A system of its own, for whatever can be changed will be: its address, and ids of things that there
    are."""
    with Stack(time_scale=0.02) as stack:
        stack.migrate()
        with Application(stack, {"TRIGGERIQ_INBOX_WAITING": "0"}) as application:  # nobody waits in vain
            client = Client(application.url)
            yield application.url, filled(client, Stores(stack, client))


def filled(client: Client, stores: Stores) -> dict[str, list[str]]:
    """Ids by the tag of their routes, one that is there and one that is not."""
    client.connect(SOURCE, "default", KEY, verification="api_key")
    client.connect("standard_webhooks", "some", SECRET)
    client.webhook("some", "msg_1", {"id": "1", "text": "It crashes when I log in", "rating": 1})
    client.webhook("some", "msg_2", {"colour": "red"})
    (ticket,) = client.wait_for_tickets("some")
    imported = stores.imported("reviews/csv/some/some.csv", b"id,text\n1,Good\n2\n")
    (kept, *_) = eventually(lambda: client.quarantined("some"))
    job = client.call("POST", "/connections/standard_webhooks/some/reread", {"since": "2024-05-01"}).json
    key = client.call("POST", "/api-keys", {"scopes": ["read"], "owner": "somebody"}).json
    client.call("PUT", "/subscriptions/some", {"url": URLS[0], "types": ["*"]})
    (subscription,) = client.get("/subscriptions")["items"]
    client.call("PUT", "/inbox", {"types": ["order.*"]})
    client.call("POST", "/events", {"type": "order.made", "id": "order-1"})
    (item,) = eventually(lambda: client.get("/inbox")["items"])
    found = {
        "tickets": ticket,
        "subscriptions": subscription,
        "event_log": item["event"],
        "inbox": item,
        "imports": imported,
        "quarantine": kept,
        "jobs": job,
        "api_keys": key,
    }
    return {tag: [one["id"], "00000000-0000-4000-8000-000000000000"] for tag, one in found.items()}


def without_what_no_schema_can_say(document: Any, ids: Mapping[str, list[str]]) -> Any:
    """The document, narrowed where what is taken depends on what there is: on ids, on the cursors that lists
    gave, on the key's owner, on the time, and on which source or configuration a path names."""
    narrow = copy.deepcopy(document)
    for operations in narrow["paths"].values():
        for operation in operations.values():
            (tag,) = operation["tags"]
            left_out = ("cursor", "Idempotency-Key")
            parameters = [one for one in operation["parameters"] if one["name"] not in left_out]
            operation["parameters"] = parameters
            for parameter in parameters:
                if parameter["in"] == "header":  # schemathesis can't make up a value in quotation marks
                    parameter["schema"] = {"type": "string", "enum": TAGS}
                if parameter["in"] == "path":
                    known = {
                        "id": ids.get(tag),
                        "source": [SOURCE] if tag in ("connections", "webhooks", "sources") else None,
                        "connection": ["default"] if tag == "webhooks" else None,
                        "key": ["priority"],
                        "type": ["ticket.created"],
                    }[parameter["name"]]
                    if known:
                        parameter["schema"] = {"type": "string", "enum": known}
    shapes = narrow["components"]["schemas"]
    shapes["ConfigurationPut"]["properties"]["value"] = {"$ref": "#/components/schemas/PriorityConfiguration"}
    shapes["ConnectionPut"]["properties"]["settings"] = {"enum": [{}, {"verification": "api_key"}]}
    shapes["UploadRequest"]["properties"] |= {"source": {"enum": ["csv"]}, "file": {"enum": FILES}}
    shapes["ShortEvent"]["properties"]["owner"] = {"enum": ["local", None]}
    shapes["WholeEvent"]["properties"]["datacontenttype"] = {"enum": ["application/json", None]}
    # A text of a megabyte takes it ten seconds to make up.
    del shapes["SourcePreviewRequest"]["properties"]["body_base64"]["maxLength"]
    for shape in ("SubscriptionMake", "SubscriptionPut", "SubscriptionChange"):
        shapes[shape]["properties"]["url"] = {"enum": URLS}
    # One that is called 0 would be found by the number, too.
    shapes["SubscriptionMake"]["properties"]["name"] = {"enum": ["some", "other"]}
    for shape, field, times in (
        ("ApiKeyMake", "expires_at", LATER),
        ("SecretPut", "expires_at", LATER),
        ("SubscriptionMake", "expires_at", LATER),
        ("SubscriptionPut", "expires_at", LATER),
        ("SubscriptionChange", "expires_at", LATER),
        ("RereadRequest", "since", TIMES),
        ("RereadRequest", "until", LATER),
    ):
        shapes[shape]["properties"][field] = {"enum": times}
    return narrow


def test_what_is_described_is_what_there_is(world: Any, tmp_path: Path) -> None:
    url, ids = world
    described = without_what_no_schema_can_say(Client(url).get("/openapi.json"), ids)
    document = tmp_path / "openapi.json"
    document.write_text(json.dumps(described), encoding="utf-8")
    ran = subprocess.run(
        [
            *(str(Path(sys.executable).with_name("schemathesis")), "--config-file", str(CONFIGURATION)),
            *("run", str(document), "--url", url, "--header", f"X-Api-Key: {KEY}"),
        ],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    selected = len([one for operations in described["paths"].values() for one in operations])
    assert f"Tested: {selected}" in ran.stdout
