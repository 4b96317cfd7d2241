"""What holds for every test."""

from __future__ import annotations

from hypothesis import settings

from tests.packaging import package, package_with_example, unpacked

__all__ = ["package", "package_with_example", "unpacked"]

# A test that is slow on a busy machine has not failed.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes lend no name to a test: packed ones hold the time, random ones differ in each process, and
    tests that run side by side must have the same names in all."""
    return argname if isinstance(val, bytes) else None
