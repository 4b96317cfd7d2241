"""The Lambda package holds all that it needs and nothing else, and is the same wherever it is made."""

from __future__ import annotations

import importlib.util
import json
import marshal
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import CodeType

import pytest

from chalicelib.registry.discovery import Found, discover
from lambda_package import certificates, staging
from tests.packaging import HOST, copy_project, make

BRINGS = {
    "annotated_types",
    "asn1crypto",
    "botocore",
    "cachetools",
    "cffi",
    "cryptography",
    "dateutil",
    "jmespath",
    "pg8000",
    "pluggy",
    "pycparser",
    "pydantic",
    "pydantic_core",
    "scramp",
    "six.py",
    "typing_extensions.py",
    "typing_inspection",
    "urllib3",
}
"""What requirements.txt and its dependencies have at the top. Whatever is new here costs every cold start."""
COMPILED = re.compile(r"_cffi_backend\..*\.so")
"""The part of cffi that lies beside it, by the name of its Python and machine."""
OURS = {"app.py", "chalicelib", "plugins", "triggeriq", "chalice", certificates.FILE, *staging.LICENCES}
ROOT = Path(__file__).parents[2]
SMALL = 15_000_000
"""Of 13.7 MB 5.4 are cryptography with cffi, with which a poll signs its tokens. Nothing else loads them."""


@pytest.fixture(scope="session")
def project(package: Path) -> Path:
    return package.with_name("project")


@pytest.fixture(scope="session")
def files(package: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(package) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def run_in(folder: Path, program: str, **environment: str) -> str:
    """What a fresh interpreter prints that knows the standard library and that folder, and no setting."""
    done = subprocess.run(
        [sys.executable, "-S", "-B", "-c", f"import sys; sys.path[:1] = [{str(folder)!r}]\n{program}"],
        cwd="/",
        env=environment,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_every_file_of_ours_is_in_it_as_it_is(files, project):
    wanted = [
        path for folder in ("chalicelib", "plugins", "triggeriq") for path in (project / folder).rglob("*")
    ]
    left_out = re.compile(
        r"triggeriq/(testing/.*|pyproject\.toml|py\.typed|LICENSE|README\.md|CHANGELOG\.md)|plugins/requirements\.txt"
    )
    checked = 0
    for path in [*(project / name for name in ("app.py", *staging.LICENCES)), *wanted]:
        name = path.relative_to(project).as_posix()
        if path.is_file() and not left_out.fullmatch(name):
            assert files.get(name) == path.read_bytes(), name
            checked += 1
    assert checked > 100
    assert any(name.startswith("chalicelib/migrations/0001") for name in files)
    assert "plugins/classifiers/models/category.tsv" in files


def test_nothing_else_is_in_it(files, project):
    tops = {name.partition("/")[0] for name in files if not name.startswith("__pycache__/")}
    found = {top for top in tops if not top.endswith(".dist-info") and not COMPILED.fullmatch(top)}
    assert found == OURS | BRINGS
    ours = {name for name in files if name.partition("/")[0] in ("chalicelib", "plugins", "triggeriq")}
    source = {name for name in ours if not name.endswith(".pyc")}
    assert {name for name in source if not (project / name).is_file()} == {"plugins/manifest.json"}
    assert not [name for name in files if re.search(r"(^|/)tests?/|\.pyi$|^triggeriq/testing/", name)]


def test_chalice_is_there_with_its_part_for_lambda_only(files):
    modules = {name for name in files if name.startswith("chalice/") and name.endswith(".py")}
    assert modules == {"chalice/__init__.py", "chalice/app.py"}


def test_it_is_small(package):
    assert package.stat().st_size < SMALL


def test_every_module_is_compiled_for_this_python_and_is_not_looked_at_again(files):
    """PEP 552: unchecked, and of the source beside it."""
    expected = set()
    for name, source in files.items():
        if not name.endswith(".py"):
            continue
        compiled = importlib.util.cache_from_source(name, optimization="")
        expected.add(compiled)
        content = files.get(compiled, b"")
        assert content[:4] == importlib.util.MAGIC_NUMBER, name
        assert content[4:8] == b"\x01\0\0\0", name
        assert content[8:16] == importlib.util.source_hash(source), name
        assert set(file_names(marshal.loads(content[16:]))) == {f"/var/task/{name}"}
    assert {name for name in files if name.endswith(".pyc")} == expected


def file_names(code: CodeType) -> Iterator[str]:
    yield code.co_filename
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from file_names(constant)


def test_the_manifest_lists_every_plugin(files, project):
    rows = json.loads(files["plugins/manifest.json"])
    built_in = [found for found in discover(root=project) if found.origin == "built-in"]
    assert [Found(**{**row, "hooks": None, "sources": None}) for row in rows] == built_in
    assert len(built_in) > 10


def test_the_manifest_says_what_each_of_ours_gives(files):
    rows = json.loads(files["plugins/manifest.json"])
    told = {row["name"]: (row["kind"], row["hooks"], row["sources"]) for row in rows}
    assert told["csv_upload"] == ("sources", ["register_sources"], ["csv"])
    assert told["sentiment"] == ("classifiers", ["classify"], [])
    for kind, hooks, sources in told.values():
        assert bool(sources) == (kind == "sources") == ("register_sources" in hooks)


def test_every_plugin_loads_from_it(unpacked):
    program = """
from chalicelib.registry import Registry, discover
print([plugin for plugin in Registry(discover()).plugins() if plugin.status != "loaded"])
import importlib.metadata, triggeriq
print(importlib.metadata.version("triggeriq"), triggeriq.__file__)
"""
    failed, contract = run_in(unpacked, program).splitlines()
    assert failed == "[]"
    assert contract == f"1.1.0 {unpacked / 'triggeriq' / '__init__.py'}"


def test_health_is_told_without_a_setting_or_a_network(unpacked):
    program = """
import json, socket
def refuse(*arguments, **options):
    raise AssertionError("the network was asked for")
socket.socket.connect = socket.getaddrinfo = refuse
import app
event = {"requestContext": {"httpMethod": "GET", "resourcePath": "/health", "requestId": "r"},
         "pathParameters": None, "multiValueQueryStringParameters": None, "headers": {}, "body": None,
         "isBase64Encoded": False}
print(app.app(event, None)["body"])
"""
    assert json.loads(run_in(unpacked, program))["status"] == "ok"


def test_every_service_in_use_has_its_client(unpacked, files):
    """Of every region's kind, with the small file of authorities."""
    services = sorted({name.split("/")[2] for name in files if re.match(r"botocore/data/[^/]+/", name)})
    assert {"dynamodb", "events", "kms", "s3", "sqs"} <= set(services)
    program = f"""
import json
from botocore.session import Session
keys = dict(aws_access_key_id="a", aws_secret_access_key="b")
urls = [Session().create_client(service, region_name=region, **keys).meta.endpoint_url
        for service in {services} for region in ("eu-central-1", "us-gov-west-1", "cn-north-1")]
print(json.dumps(urls))
"""
    bundle = str(unpacked / certificates.FILE)
    urls = json.loads(run_in(unpacked, program, AWS_CA_BUNDLE=bundle))
    assert urls[:3] == [
        "https://dynamodb.eu-central-1.amazonaws.com",
        "https://dynamodb.us-gov-west-1.amazonaws.com",
        "https://dynamodb.cn-north-1.amazonaws.com.cn",
    ]
    assert len(urls) == 3 * len(services)


def test_a_client_s_endpoint_is_the_same_with_all_that_botocore_knows(unpacked, files):
    program = """
import json, sys
from botocore.session import Session
regions = Session().get_available_regions
print(json.dumps([[service, regions(service), regions(service, "aws-us-gov")] for service in SERVICES]))
"""
    services = sorted({name.split("/")[2] for name in files if re.match(r"botocore/data/[^/]+/", name)})
    program = f"SERVICES = {services}\n{program}"
    whole = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env={})
    trimmed = json.loads(run_in(unpacked, program))
    assert trimmed == json.loads(whole.stdout)
    assert len(trimmed[0][1]) > 20


def test_the_export_says_what_terraform_reads(package):
    exported = json.loads(package.with_name("chalice.tf.json").read_text(encoding="utf-8"))
    functions = exported["resource"]["aws_lambda_function"]
    declared = json.loads((ROOT / "functions.json").read_text(encoding="utf-8"))
    routers = {name for name, one in declared.items() if "http" in one["trigger"]}
    assert set(functions) == {"api_handler", *declared} - routers
    runtime = f"python{sys.version_info.major}.{sys.version_info.minor}"
    assert {(each["runtime"], *each["architectures"]) for each in functions.values()} == {(runtime, HOST)}


def test_it_tells_its_steps_and_what_is_in_it(package):
    said = package.with_name("said.txt").read_text(encoding="utf-8")
    assert "as committed" in said
    assert re.search(r"listed the plugins: app_store \(built-in\)", said)
    assert re.search(r"^pydantic_core +\d+ +[\d,]+ +[\d,]+$", said, re.MULTILINE)
    assert re.search(r"sha256 [0-9a-f]{64}$", said)


def test_another_machine_makes_the_same_bytes(package, project, tmp_path):
    """Another folder, time, umask, locale, seed, folder for temporary files, almost no environment, and
    what earlier commands leave lying about."""
    other = tmp_path / "another place"
    copy_project(other, project)
    for stray in ("chalicelib/__pycache__/old.cpython-38.pyc", ".chalice/deployments/old.zip", "build/old"):
        (other / stray).parent.mkdir(parents=True, exist_ok=True)
        (other / stray).write_bytes(b"old")
    for path in other.rglob("*.py"):
        os.utime(path, (1_000_000_000, 1_000_000_000))
    (tmp_path / "temporary").mkdir()
    index = {
        name: value
        for name, value in os.environ.items()
        if name.startswith("PIP_") or "proxy" in name.lower()
    }
    environment = {
        **index,
        "PATH": os.environ["PATH"],
        "TMPDIR": str(tmp_path / "temporary"),
        "LC_ALL": "C",
        "TZ": "Asia/Tokyo",
        "PYTHONHASHSEED": "12345",
        "PYTHONOPTIMIZE": "1",
        "TRIGGERIQ_NO_SETTING": "1",
    }
    done = make(other, tmp_path / "into", environment=environment, umask=0o077)
    assert done.returncode == 0, done.stderr
    for name in ("deployment.zip", "chalice.tf.json"):
        assert (tmp_path / "into" / name).read_bytes() == package.with_name(name).read_bytes(), name
    assert list((tmp_path / "temporary").iterdir()) == []


def test_a_plugin_made_elsewhere_comes_along(package_with_example, tmp_path):
    with zipfile.ZipFile(package_with_example) as archive:
        archive.extractall(tmp_path / "task")
        names = archive.namelist()
    assert [name for name in names if name.endswith("triggeriq/__init__.py")] == ["triggeriq/__init__.py"]
    manifest = json.loads((tmp_path / "task" / "plugins" / "manifest.json").read_text())
    assert manifest[-1] == {
        "name": "acme_desk",
        "module": "triggeriq_acme_desk",
        "origin": "triggeriq-acme-desk 1.0.0",
        "kind": "",
        "hooks": ["classify", "register_sources"],
        "sources": ["acme_desk"],
    }
    program = """
from chalicelib.registry import Registry, discover
from triggeriq import Feedback
registry = Registry(discover(), only=["acme_desk"])
told = {"feedback": Feedback(external_id="1", text="I want a refund"), "source": "", "connection": ""}
(answer,) = registry.ask("classify", **told)
print(answer.by, answer.value.label, registry.find("acme_desk").title)
from importlib.metadata import entry_points
print([point.name for point in entry_points(group="triggeriq")])
"""
    told = run_in(tmp_path / "task", program).splitlines()
    assert told == ["acme_desk/1.0.0 billing Acme Desk", "['acme_desk']"]


def test_a_package_that_cannot_be_made_leaves_none(project, tmp_path):
    """Not an old one either, which a deployment would take for the new."""
    broken, into = tmp_path / "broken", tmp_path / "into"
    copy_project(broken, project)
    (broken / "plugins" / "requirements.txt").write_text("triggeriq-acme=1.2\n")
    into.mkdir()
    (into / "deployment.zip").write_bytes(b"old")
    (into / "chalice.tf.json").write_bytes(b"old")
    done = make(broken, into)
    assert done.returncode == 1
    assert done.stderr.startswith("No package: `chalice package` failed: ERROR: Invalid requirement")
    assert "triggeriq-acme=1.2" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(into.iterdir()) == []


DUAL_STACK = """
from chalicelib.services import aws
CALLS = {
    "sqs": ("get_queue_url", {"QueueName": "q"}),
    "events": ("put_events", {"Entries": [{}]}),
    "kms": ("decrypt", {"CiphertextBlob": b"x"}),
    "secretsmanager": ("get_secret_value", {"SecretId": "x"}),
    "dynamodb": ("get_item", {"TableName": "abc", "Key": {}}),
    "s3": ("get_object", {"Bucket": "abc", "Key": "x"}),
}
class Seen(Exception): pass
def seen(request, **_):
    print(request.url.split("/")[2])
    raise Seen
for service, (call, arguments) in CALLS.items():
    client = aws.client(service)
    client.meta.events.register_first("before-send", seen)
    try: getattr(client, call)(**arguments)
    except Seen: pass
"""


def test_what_is_left_of_botocore_s_data_knows_the_dual_stack_addresses(unpacked):
    """Terraform tells functions in the VPC to go there where egress is "ipv6". The common address of Secrets
    Manager is dual-stack itself.

    https://docs.aws.amazon.com/secretsmanager/latest/userguide/ip-access.html
    """
    keys = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any", "AWS_REGION": "eu-central-1"}
    told = run_in(
        unpacked, DUAL_STACK, AWS_USE_DUALSTACK_ENDPOINT="true", AWS_DEFAULT_REGION="eu-central-1", **keys
    )
    assert told.split() == [
        "sqs.eu-central-1.api.aws",
        "events.eu-central-1.api.aws",
        "kms.eu-central-1.api.aws",
        "secretsmanager.eu-central-1.amazonaws.com",
        "dynamodb.eu-central-1.api.aws",
        "abc.s3.dualstack.eu-central-1.amazonaws.com",
    ]
