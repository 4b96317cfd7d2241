"""Whether a webhook is genuine, and its JSON: by a source of ours and by what its sender's partners use, the
common libraries of Standard Webhooks (`standardwebhooks`, `svix`), Slack's own (`slack_sdk`), and the few
lines that one finds in the docs of GitHub and Zendesk. Who verifies must also refuse.

Ours checks more on the way: the forms of time, id and signature, one spelling of a digest, how deep the JSON
is nested. `receive` also names the event, by understanding what is in it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import importlib
import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from benchmarks.conftest import SideBySide
from plugins.sources.github import GitHub
from plugins.sources.slack import Slack
from plugins.sources.standard_webhooks import StandardWebhooks
from plugins.sources.zendesk import Zendesk
from triggeriq import Connection, NotVerified, Request, Source
from triggeriq.payload import parse_object
from triggeriq.signing import sign
from triggeriq.testing.golden import load

ROUNDS = 1_000
CALLS = 20
"""In each round: one takes microseconds, and many would be interrupted by what else the machine does."""
HERE = Path(__file__).parent
GOLDEN = HERE.parent / "tests" / "data" / "golden"
PEERS = ("standardwebhooks", "svix", "slack_sdk")
WHSEC = "whsec_" + base64.b64encode(b"a secret of the benchmarks").decode()
TEXT = "a secret of the benchmarks"

Accepts = Callable[[Request], Any]
"""Gives the JSON of a request that is genuine; raises, or gives None, for any other."""


class Case(NamedTuple):
    """A webhook as its provider sends it."""

    source: Source
    connection: Connection
    request: Request

    @classmethod
    def of(cls, source: Source, secret: str, body: bytes, headers: Mapping[str, str] = {}) -> Case:
        """headers: those beside the proof."""
        proof = sign(source.verification[0], secret, body, datetime.now(UTC))
        connection = Connection(source=source.name, name="bench", secrets=(secret,))
        return cls(source, connection, Request(method="POST", headers={**headers, **proof}, body=body))

    def ours(self, request: Request) -> Any:
        self.source.verify(request, self.connection, datetime.now(UTC))
        return parse_object(request.body)

    def with_receive(self, request: Request) -> Any:
        self.source.receive(request, self.connection)
        return self.ours(request)


@pytest.fixture(scope="module")
def peers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Any]]:
    """Gives a module of the peers'."""
    folder = tmp_path_factory.mktemp("peers")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--target", str(folder)]
    pins = ["-c", str(HERE / "peers.txt"), "-c", str(HERE.parent / "constraints.txt")]
    subprocess.run([*command, *pins, *PEERS], check=True)
    sys.path.append(str(folder))
    yield importlib.import_module
    sys.path.remove(str(folder))


@pytest.fixture
def compare(side_by_side: SideBySide) -> Callable[..., None]:
    """Takes the times of `ours`, and of it with `receive`, beside those of the peers."""

    def run(case: Case, **peers: Accepts) -> None:
        contenders = {"ours": case.ours, **peers, "ours with receive": case.with_receive}
        genuine, wanted = case.request, json.loads(case.request.body)
        for name, accept in contenders.items():
            assert accept(genuine) == wanted, name
            assert refuses(accept, replace(genuine, body=genuine.body + b" ")), name

        def calls(accept: Accepts) -> Callable[[], Any]:
            def run() -> Any:
                for _ in range(CALLS):
                    found = accept(genuine)
                return found

            return run

        timed = {name: calls(accept) for name, accept in contenders.items()}
        side_by_side(ROUNDS, lambda found: found == wanted, **timed)

    return run


def refuses(accept: Accepts, request: Request) -> bool:
    try:
        return accept(request) is None
    except NotVerified:
        return True
    except Exception as error:
        return type(error).__name__ == "WebhookVerificationError"


STANDARD_BODY = json.dumps(
    {
        "type": "feedback.created",
        "timestamp": "2026-01-01T10:00:00Z",
        "data": {
            "id": "fb_1",
            "text": "The app closes as soon as I open my orders. " * 5,
            "rating": 1,
            "author": {"name": "Ines", "email": "ines@example.com"},
        },
    }
).encode()


def test_a_standard_webhook_is_verified_and_parsed(
    compare: Callable[..., None], peers: Callable[[str], Any]
) -> None:
    common, svix = (peers(name).Webhook(WHSEC) for name in ("standardwebhooks", "svix.webhooks"))

    def by_svix(request: Request) -> Any:
        svix.verify(request.body, request.headers)  # it gives back nothing
        return json.loads(request.body)

    compare(
        Case.of(StandardWebhooks(), WHSEC, STANDARD_BODY),
        standardwebhooks=lambda request: common.verify(request.body, request.headers),
        svix=by_svix,
    )


def test_an_event_of_slack_is_verified_and_parsed(
    compare: Callable[..., None], peers: Callable[[str], Any]
) -> None:
    verifier = peers("slack_sdk.signature").SignatureVerifier(TEXT)

    def slack_sdk(request: Request) -> Any:
        genuine = verifier.is_valid_request(request.body, request.headers)
        return json.loads(request.body) if genuine else None

    compare(Case.of(Slack(), TEXT, body_of("slack/message")), slack_sdk=slack_sdk)


def test_an_issue_of_github_is_verified_and_parsed(compare: Callable[..., None]) -> None:
    """https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries"""

    def by_hand(request: Request) -> Any:
        digest = hmac.new(TEXT.encode(), msg=request.body, digestmod=hashlib.sha256).hexdigest()
        genuine = hmac.compare_digest(f"sha256={digest}", request.headers["x-hub-signature-256"])
        return json.loads(request.body) if genuine else None

    body = body_of("github/issue_opened")
    compare(Case.of(GitHub(), TEXT, body, {"x-github-event": "issues"}), by_hand=by_hand)


def test_an_event_of_zendesk_is_verified_and_parsed(compare: Callable[..., None]) -> None:
    """https://developer.zendesk.com/documentation/webhooks/verifying/, and that the time is near."""

    def by_hand(request: Request) -> Any:
        written = request.headers["x-zendesk-webhook-signature-timestamp"]
        if abs(time.time() - datetime.fromisoformat(written).timestamp()) > 300:
            return None
        digest = base64.b64encode(
            hmac.new(TEXT.encode(), written.encode() + request.body, hashlib.sha256).digest()
        )
        genuine = hmac.compare_digest(digest.decode(), request.headers["x-zendesk-webhook-signature"])
        return json.loads(request.body) if genuine else None

    compare(Case.of(Zendesk(), TEXT, body_of("zendesk/comment_by_the_customer")), by_hand=by_hand)


def body_of(name: str) -> bytes:
    """That of a golden request."""
    folder, _, file = name.partition("/")
    (found,) = (one for one in load(GOLDEN / folder) if one.name == file)
    return found.body
