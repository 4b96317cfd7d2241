"""Who deploys and operates finds every knob, output, alarm and command in docs/."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
TERRAFORM = ROOT / "terraform"
SETTINGS = (ROOT / "docs/settings.md").read_text(encoding="utf-8")
OPERATIONS = "\n".join(
    (ROOT / f"docs/{page}.md").read_text(encoding="utf-8") for page in ("deploying", "running", "bad-day")
)
CHAPTERS = {"A deployment": TERRAFORM, "The ground below it": TERRAFORM / "bootstrap"}


class Declared(NamedTuple):
    name: str
    default: str
    description: str


def declared(kind: str, text: str) -> list[Declared]:
    """Variables or outputs of an HCL file, in its order."""
    found = []
    for name, body in re.findall(rf'^{kind} "(\w+)" \{{\n(.*?)^\}}', text, re.DOTALL | re.MULTILINE):
        description = re.search(r'^  description += "((?:[^"\\]|\\.)*)"', body, re.MULTILINE)
        default = re.search(r"^  default += +(.+)$", body, re.MULTILINE)
        assert description, f"{kind} {name} has no description"
        found.append(
            Declared(
                name, default[1] if default else "", description[1].replace('\\"', '"').replace("|", "\\|")
            )
        )
    return found


def chapter(title: str) -> str:
    return SETTINGS.split(f"\n## {title}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("title", CHAPTERS)
def test_every_variable_is_documented_as_it_is_declared(title):
    variables = declared("variable", (CHAPTERS[title] / "variables.tf").read_text(encoding="utf-8"))
    rows = "".join(
        f"| `{name}` | `{default}` | {description} |\n" for name, default, description in variables
    )
    assert rows in chapter(title), f"the table of docs/settings.md is to be\n{rows}"


@pytest.mark.parametrize("title", CHAPTERS)
def test_every_output_is_documented_as_it_is_declared(title):
    outputs = declared("output", (CHAPTERS[title] / "outputs.tf").read_text(encoding="utf-8"))
    rows = "".join(f"| `{name}` | {description} |\n" for name, _, description in outputs)
    assert rows in chapter("Outputs"), f"the table of docs/settings.md is to be\n{rows}"


def test_variables_and_outputs_stand_in_their_files_alone():
    strays = [
        path.name
        for folder in CHAPTERS.values()
        for path in folder.glob("*.tf")
        for kind in ("variable", "output")
        if path.name != f"{kind}s.tf" and re.search(rf'^{kind} "', path.read_text(), re.MULTILINE)
    ]
    assert strays == []


def test_every_alarm_has_its_section_and_every_section_its_alarm():
    alarms = (TERRAFORM / "alarms.tf").read_text(encoding="utf-8")
    table = re.search(r"\n  alarms = \{\n(.*?)\n  \}", alarms, re.DOTALL)
    assert table
    slugs = re.findall(r"^    ([a-z-]+) +=", table[1], re.MULTILINE)
    assert re.findall(r"^### Alarm (.+)$", OPERATIONS, re.MULTILINE) == slugs
    assert "docs/bad-day.md#alarm-" in alarms


def test_every_knob_and_output_that_the_runbook_names_is_there():
    known = {
        kind: {
            folder: {one.name for one in declared(kind, (folder / f"{kind}s.tf").read_text(encoding="utf-8"))}
            for folder in CHAPTERS.values()
        }
        for kind in ("variable", "output")
    }
    assert set(re.findall(r"`([a-z_]+) = ", OPERATIONS)) <= set().union(*known["variable"].values())
    assert set(re.findall(r"outputs? `(\w+)`", OPERATIONS)) <= set().union(*known["output"].values())
    shown = re.findall(r"terraform -chdir=(\S+) output (?:-\w+ )?(\w+)", OPERATIONS)
    assert {folder for folder, _ in shown} == {"terraform", "terraform/bootstrap"}
    assert [(folder, name) for folder, name in shown if name not in known["output"][ROOT / folder]] == []


def test_every_make_target_is_named_in_the_docs():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):.*?##", makefile, re.MULTILINE))
    pages = [ROOT / "README.md", *ROOT.glob("docs/*.md"), ROOT / "benchmarks/README.md"]
    text = "\n".join(page.read_text(encoding="utf-8") for page in pages)
    assert sorted(target for target in targets if not re.search(rf"\bmake {target}\b", text)) == []


def test_a_plan_that_fails_leaves_no_former_one_to_apply(tmp_path):
    shutil.copy(ROOT / "Makefile", tmp_path)
    former = tmp_path / "build/plan"
    former.parent.mkdir()
    former.touch()
    failed = subprocess.run(["make", "plan"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "no package yet" in failed.stderr
    assert not former.exists()


def test_what_the_workflows_ask_github_for_is_told():
    asked = {
        name
        for path in (ROOT / ".github/workflows").glob("*.yml")
        for name in re.findall(r"vars\.(\w+)", path.read_text(encoding="utf-8"))
    }
    told = re.findall(r"^\| `(\w+)` \| (?:repository|each environment)", OPERATIONS, re.MULTILINE)
    assert sorted(told) == sorted(asked)


def test_the_boundary_of_roles_lets_every_function_do_its_work():
    github = (TERRAFORM / "bootstrap/github.tf").read_text(encoding="utf-8")
    boundary = github.split('data "aws_iam_policy_document" "boundary" {')[1].split("\n}\n")[0]
    allowed = re.findall(r'"([\w-]+:[\w*]+)"', boundary)
    services = {"tables": "dynamodb", "queues": "sqs", "buckets": "s3", "keys": "kms"}
    needed = {
        f"{services[kind]}:{action}"
        for function in json.loads((ROOT / "permissions.json").read_text(encoding="utf-8")).values()
        for kind, named in function.items()
        if kind in services
        for actions in named.values()
        for action in actions
    }
    needed |= {"events:PutEvents", "rds-db:connect", "secretsmanager:GetSecretValue"}
    written = (TERRAFORM / "permissions.tf").read_text(encoding="utf-8")
    needed |= set(re.findall(r'"([a-z0-9-]+:[A-Z]\w+)"', written)) - {"lambda:SourceFunctionArn"}
    refused = [action for action in needed if not any(fnmatch(action, one) for one in allowed)]
    assert sorted(one for one in refused if not one.startswith(("aws:", "kms:Via", "sts:"))) == []


def test_every_role_of_a_deployment_takes_the_boundary():
    text = "\n".join(path.read_text() for path in sorted(TERRAFORM.glob("*.tf")))
    roles = re.findall(r'^resource "aws_iam_role" .*?^\}', text, re.DOTALL | re.MULTILINE)
    assert roles
    assert [role for role in roles if "permissions_boundary = local.permissions_boundary" not in role] == []
