"""Whatever ends a run, nothing of it stays behind, and the data does."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pg8000.native
import pytest

from local import processes
from local.ports import free_port

SECONDS = 60


def query(run, *statements):
    """The rows of the last statement."""
    socket_file = str(run.state.sockets / ".s.PGSQL.5432")
    with contextlib.closing(
        pg8000.native.Connection("triggeriq", database="triggeriq", unix_sock=socket_file, ssl_context=False)
    ) as connection:
        return [connection.run(statement) for statement in statements][-1]


@pytest.mark.parametrize(
    ("kind", "number"),
    [
        ("group", signal.SIGINT),
        ("parent", signal.SIGTERM),
        ("parent", signal.SIGKILL),
        ("worker", signal.SIGKILL),
        ("daemon", signal.SIGKILL),
    ],
)
def test_nothing_stays_behind(run, kind, number):
    one = run().until_up()
    assert processes.wait_for(lambda: len(one.processes()) == 5, SECONDS)
    everything, ids = one.everything(), one.processes()
    if kind == "group":
        os.killpg(one.process.pid, number)
    else:
        os.kill(ids[kind], number)
    assert processes.wait_for(lambda: not any(map(processes.alive, everything)), SECONDS)


def test_a_killed_postgres_comes_back_with_its_data(run):
    one = run().until_up()
    query(one, "create table kept (n int)", "insert into kept values (42)")
    os.kill(one.processes()["postgres"], signal.SIGKILL)

    def kept() -> bool:
        try:
            return query(one, "select n from kept") == [[42]]
        except (pg8000.native.Error, OSError):
            return False

    assert processes.wait_for(kept, SECONDS)


def test_data_survives_a_restart_and_reset_forgets_it(run, project, data_folder):
    one = run().until_up()
    query(one, "create table kept (n int)")
    one.stop()
    two = run().until_up()
    assert query(two, "select count(*) from kept") == [[0]]
    assert "already running" in command(project, data_folder, "reset")
    two.stop()
    assert "Forgot" in command(project, data_folder, "reset")
    assert not data_folder.exists()
    data_folder.mkdir()


def test_reset_removes_no_folder_that_is_not_ours(project, data_folder):
    (data_folder / "precious").touch()
    assert "nothing was removed" in command(project, data_folder, "reset")
    assert (data_folder / "precious").exists()


def command(project: Path, data_folder: Path, *arguments: str) -> str:
    environment = {**os.environ, "LOCAL_STATE": str(data_folder)}
    done = subprocess.run(
        [sys.executable, "-m", "local", *arguments],
        cwd=project,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        text=True,
    )
    return done.stdout


def test_a_second_instance_on_the_same_data_is_refused(run):
    one = run().until_up()
    two = run()
    assert two.process.wait(SECONDS) == 1
    assert "already running on the data in" in two.output
    assert one.url in two.output
    assert two.output.count("\n") == 1
    assert one.answers()


def test_one_port_for_both_is_refused(run):
    port = str(free_port())
    one = run(PORT=port, LOCAL_AWS_PORT=port)
    assert one.process.wait(SECONDS) == 1
    assert f"are both {port}" in one.output


@pytest.mark.parametrize("variable", ["PORT", "LOCAL_AWS_PORT"])
def test_a_busy_port_is_named(run, variable):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        one = run(**{variable: port})
        assert one.process.wait(SECONDS) == 1
    assert f"port {port} is taken" in one.output
    assert f"{variable}={int(port) + 1}" in one.output
    assert one.output.count("\n") == 1


def test_a_port_that_is_none_is_refused(run):
    one = run(PORT="eighty")
    assert one.process.wait(SECONDS) == 1
    assert one.output == "triggeriq: PORT must be a port number, 1 to 65535; it is 'eighty'\n"


def test_a_change_of_code_reloads_and_keeps_what_is_queued(run, project):
    one = run().until_up()
    sqs = one.client("sqs")
    queue_url = sqs.get_queue_url(QueueName="triggeriq-local-jobs-dlq")["QueueUrl"]
    sqs.send_message(QueueUrl=queue_url, MessageBody="kept")
    daemon = one.status.pid
    app = project / "app.py"
    app.write_text(app.read_text().replace('COLOUR = "green"', 'COLOUR = "blue"'))

    def blue() -> bool:
        try:
            return bool(one.get("/health")["colour"] == "blue")
        except OSError:  # the old process may answer, go, and the new one not be there yet
            return False

    assert processes.wait_for(blue, SECONDS)
    assert one.status.pid == daemon
    assert sqs.receive_message(QueueUrl=queue_url)["Messages"][0]["Body"] == "kept"
    assert one.output.count("API ") == 1, "where things are is said once"


def test_a_file_that_is_no_source_reloads_nothing(run, project):
    one = run().until_up()
    worker = one.processes()["worker"]
    (project / "some.log").write_text("x")
    (project / "chalicelib" / "__pycache__").mkdir(exist_ok=True)
    (project / "chalicelib" / "__pycache__" / "x.pyc").write_text("x")
    app = project / "app.py"
    assert not processes.wait_for(lambda: one.processes()["worker"] != worker, 2.5)
    os.utime(app)
    assert processes.wait_for(lambda: one.answers() and one.processes()["worker"] != worker, SECONDS)


def test_no_variable_of_the_developers_leads_to_a_real_account(run):
    one = run(
        AWS_PROFILE="production",
        AWS_SESSION_TOKEN="real",
        AWS_ACCESS_KEY_ID="real",
        AWS_ENDPOINT_URL_SQS="https://sqs.eu-west-1.amazonaws.com",
        AWS_IGNORE_CONFIGURED_ENDPOINT_URLS="true",
        HTTP_PROXY="http://127.0.0.1:9",
        NO_PROXY="example.org",
    ).until_up()
    environment = one.get("/environment")
    aws = {name: value for name, value in environment.items() if name.startswith("AWS_")}
    assert aws == {
        "AWS_CHALICE_CLI_MODE": "true",
        "AWS_EXECUTION_ENV": environment["AWS_EXECUTION_ENV"],  # chalice sets it
        "AWS_ENDPOINT_URL": f"http://127.0.0.1:{one.aws_port}",
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    assert environment["NO_PROXY"] == "example.org,127.0.0.1,localhost"


def test_a_wrong_setting_stops_the_start_and_is_named(run):
    one = run(TRIGGERIQ_PLUGIN_SECONDS="soon")
    assert one.process.wait(SECONDS) is not None
    assert "TRIGGERIQ_PLUGIN_SECONDS" in one.output
    assert "Traceback" not in one.output
