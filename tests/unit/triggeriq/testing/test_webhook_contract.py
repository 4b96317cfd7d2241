"""The contract of webhooks finds what is wrong with a source, and passes one with which nothing is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent, indent

import pytest

from tests.unit.triggeriq.testing.outcomes import ROOT, TEMPLATES, run

BEGINNING = """
import hashlib, hmac, os, re, socket, subprocess, time, uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from acme import Acme
from triggeriq import Event, Events, Feedback, Ignore, NotVerified, Reply, Scheme, Verified
from triggeriq.payload import parse_object
from triggeriq.testing import WebhookContract

HEADER = "x-acme-signature"
GOLDEN = Path(__file__).with_name("golden")

def proven(request, secret):
    mac = "sha256=" + hmac.new(secret.encode(), request.body, hashlib.sha256).hexdigest()
    given = request.headers.get(HEADER, "").encode("utf-8", "replace")
    return bool(secret) and hmac.compare_digest(mac.encode(), given)

class ByHand(Acme):
    def verify(self, request, connection, now):
        for place, secret in enumerate(connection.secrets):
            if proven(request, secret.strip()):
                return Verified(scheme=HEADER, secret=place)
        raise NotVerified("mismatch")
"""

OFFENCES = {
    "LetsAllIn": (
        """
        def verify(self, request, connection, now):
            return Verified(scheme="nothing")
        """,
        (
            "test_without_a_secret_nobody_is_let_in",
            "test_another_secret_is_a_mismatch",
            "test_an_unsigned_request_is_refused",
            "test_tampered_bytes_are_a_mismatch",
        ),
    ),
    "LooksAtTheFormAlone": (
        """
        def verify(self, request, connection, now):
            given = request.headers.get(HEADER, "")
            if not connection.secrets or not re.fullmatch("sha256=[0-9a-f]{64}", given):
                raise NotVerified("malformed")
            return Verified(scheme=HEADER)
        """,
        ("test_another_secret_is_a_mismatch", "test_tampered_bytes_are_a_mismatch"),
    ),
    "KnowsOneSecret": (
        """
        def verify(self, request, connection, now):
            return super().verify(request, replace(connection, secrets=connection.secrets[:1]), now)
        """,
        ("test_the_previous_secret_is_good_while_it_is_rotated",),
    ),
    "LetsInWhereNobodyConfiguredIt": (
        """
        def verify(self, request, connection, now):
            if not "".join(connection.secrets).strip():
                return Verified(scheme="none")
            return super().verify(request, connection, now)
        """,
        ("test_without_a_secret_nobody_is_let_in",),
    ),
    "StumblesOverJunk": (
        """
        def verify(self, request, connection, now):
            bytes.fromhex(request.headers.get(HEADER, "").removeprefix("sha256="))
            return super().verify(request, connection, now)
        """,
        (
            "test_junk_in_its_place_is_refused_and_never_an_error",
            "test_junk_in_other_headers_is_never_an_error",
        ),
    ),
    "TakesNoPost": ('methods = ("PUT",)', ("test_its_address_takes_it",)),
    "TakesOnlyForms": (
        'content_types = ("application/x-www-form-urlencoded",)',
        ("test_its_address_takes_it",),
    ),
    "NamesAtRandom": (
        """
        def receive(self, request, connection):
            return Events(Event(str(uuid.uuid4())))
        """,
        ("test_the_same_bytes_are_the_same_event",),
    ),
    "NamesByItsSignature": (
        """
        def receive(self, request, connection):
            return Events(Event(request.headers.get(HEADER, "none")))
        """,
        ("test_a_repeat_that_is_signed_anew_is_the_same_event",),
    ),
    "ForgetsEdits": (
        """
        def receive(self, request, connection):
            return Events(Event(str(parse_object(request.body)["id"])))

        def transform(self, received, connection):
            for item in super().transform(received, connection):
                yield replace(item, version=0) if isinstance(item, Feedback) else item
        """,
        ("test_an_edit_is_a_newer_version",),
    ),
    "HasItsVersionsTurnedRound": (
        """
        def transform(self, received, connection):
            for item in super().transform(received, connection):
                yield replace(item, version=10**13 - item.version) if isinstance(item, Feedback) else item
        """,
        ("test_an_edit_is_a_newer_version",),
    ),
    "ReliesOnFields": (
        """
        def transform(self, received, connection):
            yield Feedback(external_id="1", text=parse_object(received.body)["author"]["name"])
        """,
        ("test_spoilt_payloads_are_unreadable_at_worst", "test_mutated_payloads_are_unreadable_at_worst"),
    ),
    "ReadsAnyBytes": (
        """
        def transform(self, received, connection):
            yield Feedback(external_id="1", text=received.body.decode())
        """,
        ("test_any_bytes_are_unreadable_at_worst", "test_hostile_bodies_are_unreadable_at_worst"),
    ),
    "KnowsNoZone": (
        """
        def transform(self, received, connection):
            for item in super().transform(received, connection):
                yield replace(item, created_at=datetime(2026, 1, 2)) if isinstance(item, Feedback) else item
        """,
        ("test_its_feedback_is_well_formed",),
    ),
    "WritesItsOwnZone": (
        """
        def transform(self, received, connection):
            yield Feedback(external_id="1", text=str(datetime.fromtimestamp(1767348000)))
        """,
        ("test_the_machine_s_zone_changes_nothing",),
    ),
    "SpeaksEnglish": (
        """
        def transform(self, received, connection):
            for item in super().transform(received, connection):
                text = getattr(item, "text", "").encode("ascii", "ignore").decode()
                yield replace(item, text=text) if isinstance(item, Feedback) else item
        """,
        ("test_any_writing_survives",),
    ),
    "TakesItsTime": (
        r"""
        def transform(self, received, connection):
            for item in super().transform(received, connection):
                text = re.sub(r"\s+$", "", getattr(item, "text", ""))
                yield replace(item, text=text) if isinstance(item, Feedback) else item
        """,
        ("test_the_longest_body_is_read_in_time",),
    ),
    "GrowsWithTheSquare": (
        """
        def transform(self, received, connection):
            for item in super().transform(received, connection):
                text = getattr(item, "text", "")
                sum(range(len(text) ** 2 // 14_000))
                yield item
        """,
        ("test_the_longest_body_is_read_in_time",),
    ),
    "SaysOtherThings": (
        """
        def transform(self, received, connection):
            yield Feedback(external_id="7", text="something else")
        """,
        ("test_it_becomes_the_expected_feedback",),
    ),
    "TakesWhatItIgnores": (
        """
        def receive(self, request, connection):
            return Events(Event("1"))
        """,
        ("test_what_holds_no_feedback_is_ignored_when_it_comes",),
    ),
    "AnswersTheSecret": (
        """
        def receive(self, request, connection):
            return Reply(body=connection.secrets[0])
        """,
        ("test_what_holds_no_feedback_is_ignored_when_it_comes",),
    ),
    **{
        name: (
            f"""
            def transform(self, received, connection):
                try:
                    {code}
                except OSError:
                    pass
                yield from super().transform(received, connection)
            """,
            ("test_it_asks_for_nothing_but_what_it_is_given",),
        )
        for name, code in {
            "AsksTheClock": "time.time()",
            "AsksTheDate": "datetime.now(UTC)",
            "AsksTheClockByAnotherName": "(lambda now: now())(datetime.utcnow)",
            "Waits": "time.sleep(0)",
            "AsksTheEnvironment": 'os.getenv("HOME")',
            "LooksWhetherItIsSet": '"ACME_TOKEN" in os.environ',
            "AsksTheNetwork": 'socket.create_connection(("127.0.0.1", 9), timeout=1)',
            "AsksForAName": 'socket.getaddrinfo("acme.example", 443)',
            "WritesAFile": 'Path("acme.log").write_text("x")',
            "MakesAFolder": 'os.mkdir("acme")',
            "RunsAProgram": 'subprocess.run(["true"])',
        }.items()
    },
}

ONCE = dict.fromkeys(("TakesItsTime", "GrowsWithTheSquare"), "[review]")
"""What takes long is found with one of the golden requests."""


def contract_of(name: str, code: str, base: str) -> str:
    """A source that adds `code` to another one, and its test."""
    return (
        f"class {name}({base}):\n{indent(dedent(code).strip() or 'pass', '    ')}\n\n"
        f"class Test{name}(WebhookContract):\n    source = {name}\n    golden = GOLDEN\n\n"
    )


def test_every_offence_is_found(tmp_path: Path) -> None:
    """All of them at once, each by the tests that are for it."""
    shutil.copytree(TEMPLATES / "source", tmp_path, dirs_exist_ok=True)
    module = "".join(contract_of(name, code, "Acme") for name, (code, _) in OFFENCES.items())
    (tmp_path / "test_offences.py").write_text(BEGINNING + module)
    wanted = [
        f"test_offences.py::Test{name}::{test}{ONCE.get(name, '')}"
        for name, (_, tests) in OFFENCES.items()
        for test in tests
    ]
    told = run(tmp_path, *wanted)
    found = {name: told.failed.get(f"Test{name}", set()) for name in OFFENCES}
    assert found == {name: set(tests) for name, (_, tests) in OFFENCES.items()}, told.said[-3000:]


def test_what_is_wrong_is_told_in_words(tmp_path: Path) -> None:
    """Of a golden request that was changed by hand, and of a notice that lacks what it needs."""
    shutil.copytree(TEMPLATES / "source", tmp_path, dirs_exist_ok=True)
    changed = tmp_path / "golden" / "review.http"
    changed.write_bytes(changed.read_bytes() + b" ")
    (tmp_path / "test_words.py").write_text(
        dedent("""
        from triggeriq import Answered, Redacted
        from triggeriq.testing.source_contract import check

        def test_no_time():
            check(Redacted(external_id="1", at=None))

        def test_no_thread():
            check(Answered(thread=None, at="2026-01-02"))
        """)
    )
    told = run(tmp_path, "test_acme.py", "test_words.py", "-k", "genuine or no_time or no_thread")
    assert (
        "the golden request review is refused: mismatch: the signature was made over the body without"
        in told.said
    )
    assert "Redacted: `at` is a time with its zone, not None; without one raise Unreadable" in told.said
    assert "Answered: `at` is a time with its zone, not '2026-01-02'" in told.said


GOOD = {
    "ByRows": ("", "Acme"),
    "BySome": ("", "ByHand"),
    "ByTheName": ('verification = (Scheme(kind="secret_name"),)', "Acme"),
    "ByAToken": (
        """
        signature = Acme.verification[0]
        verification = (Scheme(kind="token", header=HEADER), signature)

        def schemes(self, connection):
            return (self.signature,)
        """,
        "Acme",
    ),
}
NO_SECRET = "the connection's name is the proof: there is no secret"
NOT_APPLICABLE = (
    ("ByRows", "test_a_request_out_of_its_time_is_stale", "no proof has a time"),
    ("ByRows", "test_a_probe_is_answered_the_same_each_time", "none is answered before it is verified"),
    ("ByRows", "test_another_address_is_a_mismatch", "no proof is a signature over the address"),
    ("ByTheName", "test_another_secret_is_a_mismatch", NO_SECRET),
    ("ByTheName", "test_tampered_bytes_are_a_mismatch", "no proof is a signature over the bytes"),
)


def test_whatever_verifies_it_a_good_source_passes(tmp_path: Path) -> None:
    """What does not apply says so by its name, and is not skipped."""
    shutil.copytree(TEMPLATES / "source", tmp_path, dirs_exist_ok=True)
    for said in (tmp_path / "golden").glob("*.json"):
        named = said.read_text().replace("{", '{"connection": "a-name-of-32-characters-and-more", ', 1)
        said.write_text(named)
    module = "".join(contract_of(name, code, base) for name, (code, base) in GOOD.items())
    (tmp_path / "test_good.py").write_text(BEGINNING + module)
    told = run(tmp_path, "-v", "test_good.py")
    assert told.code == 0, told.said[-5000:]
    assert told.passed.keys() == {f"Test{name}" for name in GOOD}
    assert "skipped" not in told.said
    for of, test, reason in NOT_APPLICABLE:
        assert f"Test{of}::{test}[not applicable: {reason}] PASSED" in told.said


ROWS = """
from triggeriq import Request, Source
from triggeriq.forms import parse_form
from triggeriq.payload import digest, text
from triggeriq.signing import signed
from triggeriq.testing import Delivery

NONCE = dict(header="signature", signed=b"{timestamp}{id}", timestamp_header="timestamp", id_header="token",
             covers_body=False)
SCHEMES = {
    "InJson": Scheme(place="json", **NONCE),
    "InAForm": Scheme(place="form", **NONCE),
    "OverTheAddress": Scheme(header="x-s", signed=b"{method}{url}{body}", encoding="base64"),
    "OverTheForm": Scheme(header="x-s", signed=b"{url}{form}", algorithm="sha1", encoding="base64"),
    "InMilliseconds": Scheme(header="x-s", signed=b"{timestamp}.{body}", timestamp_header="x-t",
                             timestamp_form="epoch_ms"),
    "InOneHeader": Scheme(header="x-s", prefix="v1=", separator=",", signed=b"{timestamp}.{body}",
                          timestamp_header="x-s", timestamp_prefix="t="),
    "InSeveral": Scheme(header="x-first", more_headers=("x-second",)),
}
NOW, SECRET = datetime(2026, 1, 2, tzinfo=UTC), "a secret of the tests"

class Any(Source):
    name, content_types, max_body = "any", (), 50_000

    def receive(self, request, connection):
        self._fields(request.body)
        return Events(Event(digest(request.body)))

    def transform(self, received, connection):
        yield Feedback(external_id="1", text=text(self._fields(received.body).get("text")) or "")

    def _fields(self, body):
        return parse_form(body) if self.form else parse_object(body)

for name, row in SCHEMES.items():
    form = "Form" in name
    body = b"text=It+crashes" if form else b'{"text": "It crashes"}'
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    unsigned = Request(headers={"content-type": kind}, body=body, url="https://x.example/y")
    request = signed(row, SECRET, unsigned, NOW)
    headers = dict(request.headers)
    if name == "InOneHeader":
        headers["x-s"] += ",v1=" + "0" * 64 + ",v0=" + "1" * 40
    if name == "InSeveral":
        headers["x-second"] = headers["x-first"]
        headers["x-first"] = "0" * 64
    source = type(name, (Any,), {"verification": (row,), "form": form})
    globals()[f"Test{name}"] = type(f"Test{name}", (WebhookContract,), {"source": source, "deliveries": (
        Delivery(name="one", body=request.body, headers=headers, url=request.url, secret=SECRET, now=NOW,
                 expect=({"text": "It crashes"},)),)})
"""


def test_it_knows_every_kind_of_row(tmp_path: Path) -> None:
    """Proofs in the body, over the address, over a form, one of several."""
    shutil.copytree(TEMPLATES / "source", tmp_path, dirs_exist_ok=True)
    (tmp_path / "test_rows.py").write_text(BEGINNING + ROWS)
    told = run(tmp_path, "test_rows.py")
    assert told.failed == {}, told.said[-5000:]
    assert len(told.passed) == 7


PROBES = """
class Asked(Acme):
    methods = ("POST", "GET", "HEAD")

    def handshake(self, request, connection):
        if request.method == "HEAD":
            return Reply(status=204)
        if request.method == "GET":
            return Reply(body=request.query.get("challenge", ""))
        return None

    def receive(self, request, connection):
        body = parse_object(request.body)
        if body.get("event") == "url_verification":
            return Reply(body=str(body.get("challenge")))
        return super().receive(request, connection)

class TestAsked(WebhookContract):
    source = Asked
    golden = GOLDEN
"""
PROBED = {"test_a_probe_is_answered_the_same_each_time"}
MADE = """
from acme import Acme
from datetime import UTC, datetime
from triggeriq.signing import sign
from triggeriq.testing import Delivery
from triggeriq.testing.golden import save

NOW, SECRET = datetime(2026, 1, 2, tzinfo=UTC), "some words"
BODY = b'{"event": "url_verification", "challenge": "c9"}'

def made(name, **fields):
    given = {"name": name, "body": b"", "headers": {}, "now": NOW, "expect": (), **fields}
    save("golden", Delivery(**given), [])

proof = sign(Acme.verification[0], SECRET, BODY, NOW)
made("signed", body=BODY, headers=proof, secret=SECRET, reply={"body": "c9"})
made("head", method="HEAD", reply={"status": 204})
made("get", method="GET", query={"challenge": "a b&c"}, reply={"body": CHALLENGE})
"""


@pytest.mark.parametrize(("answer", "found"), [("a b&c", None), ("other", PROBED)])
def test_a_handshake_is_a_golden_request_too(answer: str, found: set[str] | None, tmp_path: Path) -> None:
    shutil.copytree(TEMPLATES / "source", tmp_path, dirs_exist_ok=True)
    program = MADE.replace("CHALLENGE", repr(answer))
    environment = {"PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    subprocess.run([sys.executable, "-c", program], cwd=tmp_path, check=True, env=environment)
    (tmp_path / "test_probes.py").write_text(BEGINNING + PROBES)
    told = run(tmp_path, "test_probes.py", "-k", "signed or head or get")
    assert told.failed.get("TestAsked") == found, told.said[-3000:]
    assert len(told.passed["TestAsked"]) > 10
