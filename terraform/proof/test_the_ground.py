"""What stands before the first deploy, and the make targets that deploy on it: with the real provider,
against a stand-in for AWS on this machine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from local.stack import Stack
from terraform.proof.conftest import Begin
from terraform.proof.terraform import PROJECT, STAND_IN, Terraform

NO_POLICIES_OF_AWS = """
# It has none of the policies that AWS offers.
resource "aws_iam_role_policy_attachment" "plan" {
  count = 0
}
"""
REPOSITORY = ("-var", "github_repository=acme/triggeriq", "-var", 'github_environments=["dev", "prod"]')
REACHED = "-target=aws_cloudwatch_event_bus.main"
"""One resource is enough to see what the make targets do."""


@pytest.fixture(scope="module")
def environment(endpoint: str) -> dict[str, str]:
    return {"AWS_ENDPOINT_URL": endpoint, "AWS_REGION": "eu-central-1"}


@pytest.fixture(scope="module")
def ground(environment: dict[str, str], begin: Begin) -> Terraform:
    """terraform/bootstrap, initialised."""
    return begin(environment, STAND_IN + NO_POLICIES_OF_AWS, "terraform/bootstrap")


@pytest.fixture(scope="module")
def outputs(ground: Terraform) -> dict[str, Any]:
    """What applying it printed."""
    ground.run("apply", "-auto-approve", *REPOSITORY)
    return ground.outputs()


def test_its_own_tests_pass(ground: Terraform) -> None:
    """terraform/bootstrap/tests: each variable's rule, and who gets in."""
    ground.run("test")


def test_nothing_is_left_to_do_after_it_was_applied(ground: Terraform, outputs: dict[str, Any]) -> None:
    ground.run("plan", "-detailed-exitcode", *REPOSITORY)


def test_the_state_s_bucket_is_private_and_keeps_its_history(outputs: dict[str, Any], stack: Stack) -> None:
    s3, bucket = stack.client("s3"), outputs["state_bucket"]
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert set(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values()) == {True}
    (statement,) = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    assert (statement["Effect"], statement["Condition"]) == (
        "Deny",
        {"Bool": {"aws:SecureTransport": "false"}},
    )


def test_the_make_targets_plan_and_apply_with_their_state_in_that_bucket(
    outputs: dict[str, Any],
    environment: dict[str, str],
    stack: Stack,
    package: Path,
    plugins: Path | None,
    tmp_path: Path,
) -> None:
    root = Terraform(tmp_path, package.parent, plugins).root
    (root / "proof_override.tf").write_text(STAND_IN)
    (root / "dev.tfvars").write_text("throttle_rate = 50\n")
    (tmp_path / "build").unlink()
    (tmp_path / "build").mkdir()
    for name in ("deployment.zip", "chalice.tf.json"):
        shutil.copy(package.parent / name, tmp_path / "build" / name)
    shutil.copy(PROJECT / "Makefile", tmp_path)

    def make(target: str, *settings: str) -> str:
        mirror = f"-plugin-dir={plugins} " if plugins else ""
        done = subprocess.run(
            ["make", target, f"STATE_BUCKET={outputs['state_bucket']}", *settings],
            cwd=tmp_path,
            env={
                **os.environ,
                **environment,
                "AWS_ACCESS_KEY_ID": "nobody",
                "AWS_SECRET_ACCESS_KEY": "nobody",
                "AWS_EC2_METADATA_DISABLED": "true",
                "CHECKPOINT_DISABLE": "1",
                # the stand-in has no address for each bucket
                "TF_CLI_ARGS_init": f"{mirror}-backend-config=use_path_style=true",
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    s3, bucket = stack.client("s3"), outputs["state_bucket"]
    s3.delete_bucket_policy(Bucket=bucket)  # it wants TLS, which the stand-in has not
    make("plan", f"ARGS={REACHED}")
    shown = make("show-plan")
    assert "aws_cloudwatch_event_bus.main will be created" in shown
    assert [one["Key"] for one in s3.list_objects_v2(Bucket=bucket).get("Contents", [])] == []
    make("apply")
    assert [one["Key"] for one in s3.list_objects_v2(Bucket=bucket)["Contents"]] == ["dev.tfstate"]
    assert "triggeriq-dev" in s3.get_object(Bucket=bucket, Key="dev.tfstate")["Body"].read().decode()
    make("plan", f"ARGS={REACHED}")
    assert "will be" not in make("show-plan")  # it knows from the bucket what is there
