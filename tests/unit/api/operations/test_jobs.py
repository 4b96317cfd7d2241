"""Jobs over HTTP: started by a route, followed, cancelled; and what is refused of each."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from chalicelib.bootstrap.jobs import Kinds
from chalicelib.errors import Invalid, NotFound
from chalicelib.pipeline.intake.backlog import Backlog
from chalicelib.pipeline.intake.reread import Reread, RereadArguments
from chalicelib.pipeline.operations.start_job import StartJob
from plugins.sources.csv_upload import CsvUpload
from tests.unit.api.fakes import NOW, FakeUseCases
from tests.unit.pipeline.fakes import FakeImports, FakeQueue, FakeSources

YESTERDAY = (NOW - timedelta(days=1)).isoformat()
REREAD = "/connections/csv/default/reread"


@pytest.fixture
def queue(use: FakeUseCases) -> FakeQueue:
    """The queue `jobs`, and all that starting one needs."""
    nothing: Any = None
    use.intake.reread = Reread(
        sources=FakeSources(CsvUpload()), kept=nothing, events=nothing, backlog=Backlog(FakeQueue(), 1),
        uploads=nothing, imports=FakeImports(), files=FakeQueue(), now=lambda: NOW,
    )  # fmt: skip
    kinds: Any = Kinds(use)  # type: ignore[arg-type]  # the fakes of all areas
    queue = FakeQueue("jobs")
    use.operations.start_job = StartJob(jobs=use.operations.jobs, kinds=kinds, queue=queue, now=lambda: NOW)
    return queue


def test_what_was_kept_is_read_again_by_a_job_that_is_followed_and_cancelled(api, queue):
    answer = api("POST", REREAD, {"since": YESTERDAY})
    assert answer.status == 202
    id = answer.json["id"]
    assert answer.json == {"id": id, "status": "queued"}
    assert answer.headers["Location"] == f"/jobs/{id}"
    assert [message.body for message in queue.sent] == [f'{{"v": 1, "job": "{id}"}}']
    (item,) = api("GET", "/jobs").json["items"]
    assert api("GET", f"/jobs/{id}").json == item
    assert (item["kind"], item["status"], item["done"], item["total"]) == ("reread", "queued", 0, None)
    assert (item["connections"], item["owner"]) == (["csv/default"], "local")
    assert item["arguments"] == {
        "source": "csv",
        "connection": "default",
        "since": "2024-04-30T12:00:00Z",
        "until": None,
    }
    assert not {"checkpoint", "saves"} & item.keys()
    assert api("DELETE", f"/jobs/{id}").json["status"] == "cancelled"
    again = api("DELETE", f"/jobs/{id}")
    assert (again.status, again.json["type"]) == (409, "urn:triggeriq:problem:conflict")


def test_a_second_run_of_the_same_is_refused_and_names_the_first(api, queue):
    id = api("POST", REREAD, {"since": YESTERDAY}).json["id"]
    second = api("POST", REREAD, {"since": YESTERDAY})
    assert second.status == 409
    assert id in second.json["detail"]
    assert len(queue.sent) == 1
    assert api("POST", REREAD, {"since": "2024-01-01"}).status == 202


def test_jobs_that_there_are_not(api, queue):
    for method in ("GET", "DELETE"):
        answer = api(method, "/jobs/0123456789abcdef01234567")
        assert (answer.status, answer.json["type"]) == (404, "urn:triggeriq:problem:not-found")
        assert "GET /jobs" in answer.json["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "since"),
        ({"since": "yesterday"}, "since"),
        ({"since": "2100-01-01"}, "since"),
        ({"since": None}, "since"),
        ({"since": "2024-01-02", "until": "2024-01-01"}, "until"),
        ({"since": "2024-01-02", "till": "2024-01-03"}, "till"),
        ({"since": "0001-01-01"}, "since"),
        ({"since": "0300-01-01"}, "since"),
    ],
)
def test_a_time_that_will_not_do_is_named(api, queue, body, field):
    answer = api("POST", REREAD, body)
    assert (answer.status, answer.json["field"]) == (400, field)
    assert queue.sent == []


def test_a_source_that_is_not_installed_is_404(api, queue):
    assert api("POST", "/connections/nobody/default/reread", {"since": YESTERDAY}).status == 404


def test_only_its_owner_or_an_admin_has_a_connection_read_again(api, holder, use, queue):
    use.intake.connections.put("csv", "default", (), {}, "ana")
    body = {"since": YESTERDAY}
    assert holder("read", owner="ana")("POST", REREAD, body).status == 403
    assert holder("write", owner="bob")("POST", REREAD, body).status == 403
    assert holder("write", owner="bob")("POST", "/connections/csv/other/reread", body).status == 403
    id = holder("write", owner="ana")("POST", REREAD, body).json["id"]
    assert api("GET", f"/jobs/{id}").json["owner"] == "ana"
    assert holder("write", owner="bob")("DELETE", f"/jobs/{id}").status == 403
    assert holder("write", owner="ana")("DELETE", f"/jobs/{id}").status == 200


def test_a_job_for_its_owner_s_eyes_is_not_there_for_others(api, holder, use, queue):
    id = api("POST", REREAD, {"since": YESTERDAY}).json["id"]
    jobs = use.operations.jobs.jobs
    jobs[id] = replace(jobs[id], owner="ana", audience="ana")
    for client, status in (
        (api, 200),
        (holder("write", "read", owner="ana"), 200),
        (holder("write", "read", owner="bob"), 404),
    ):
        assert client("GET", f"/jobs/{id}").status == status
        assert len(client("GET", "/jobs").json["items"]) == (status == 200)
    assert holder("write", owner="bob")("DELETE", f"/jobs/{id}").status == 404


def test_arguments_are_read_from_texts_and_back(use, queue):
    kinds = Kinds(use)
    given = {"source": "csv", "connection": "default", "since": "2024-04-30T14:00:00+02:00"}
    arguments = kinds.parse("reread", given)
    assert isinstance(arguments, RereadArguments)
    assert kinds.parse("reread", kinds.dump(arguments)) == arguments


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"source": "csv", "connection": "default", "since": "soon"}, "since"),
        ({"source": "csv", "connection": "default"}, "since"),
        ({"source": "csv", "connection": "default", "since": "2024-01-01", "by": "me"}, "by"),
        ({"source": "csv", "connection": "default", "since": "0001-01-01T00:00:00+05:00"}, "since"),
        ({"source": "csv", "connection": "default", "since": "9999-12-31T23:00:00-05:00"}, "since"),
        ({"source": 7, "connection": "default", "since": "2024-01-01"}, "source"),
    ],
)
def test_arguments_that_will_not_do_are_named(use, queue, given, field):
    with pytest.raises(Invalid) as refusal:
        Kinds(use).parse("reread", given)
    assert refusal.value.field == field


def test_a_kind_that_there_is_not_names_those_that_there_are(use):
    with pytest.raises(NotFound, match="reread"):
        Kinds(use).find("guess")
