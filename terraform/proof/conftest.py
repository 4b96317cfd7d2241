"""The Terraform as it would be applied: a real package beside it, and the real provider."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Protocol

import pytest

from local.stack import Stack
from terraform.proof.once import OnceDoor
from terraform.proof.terraform import Terraform, TerraformFailed
from tests.packaging import package, unpacked  # noqa: F401 - fixtures that the tests share


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack() as stack:
        yield stack


@pytest.fixture(scope="module")
def endpoint(stack: Stack) -> Iterator[str]:
    """Where the provider finds the stand-in for AWS."""
    door = OnceDoor(stack.aws_port)
    yield door.url
    door.close()


@pytest.fixture(scope="session")
def plugins() -> Path | None:
    """A mirror of providers, for a machine without the registry: TERRAFORM_PLUGINS names its folder."""
    named = os.environ.get("TERRAFORM_PLUGINS")
    return Path(named) if named else None


class Begin(Protocol):
    def __call__(
        self, environment: Mapping[str, str] | None = None, override: str = "", module: str = "terraform"
    ) -> Terraform: ...


@pytest.fixture(scope="session")
def begin(package: Path, plugins: Path | None, tmp_path_factory: pytest.TempPathFactory) -> Begin:  # noqa: F811
    """Gives a root module in a folder of its own, initialised. environment: variables beside this
    process's. override: HCL that is merged into the module's."""

    def begin(
        environment: Mapping[str, str] | None = None, override: str = "", module: str = "terraform"
    ) -> Terraform:
        terraform = Terraform(tmp_path_factory.mktemp("root"), package.parent, plugins, environment, module)
        (terraform.root / "proof_override.tf").write_text(override)
        try:
            terraform.init()
        except TerraformFailed as failure:
            out_of_reach = "Failed to query available provider packages" in str(failure)
            if not out_of_reach or "GITHUB_ACTIONS" in os.environ:  # there it must be in reach
                raise
            pytest.skip(
                "no AWS provider: its registry is out of reach, and TERRAFORM_PLUGINS names no mirror"
            )
        return terraform

    return begin
