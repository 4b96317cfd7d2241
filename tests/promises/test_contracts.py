"""Every shared port is held to its word: tests/contracts has a module of its name, and no other."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path
from typing import Protocol

import pytest

from chalicelib import ports

CONTRACTS = Path(__file__).parents[1] / "contracts"
PORTS = {
    value.__name__: value
    for module in pkgutil.iter_modules(ports.__path__, f"{ports.__name__}.")
    for value in vars(importlib.import_module(module.name)).values()
    if isinstance(value, type) and Protocol in value.__bases__ and value.__module__ == module.name
}


def contract_of(port: str) -> str:
    """The module's name: TicketStore has test_ticket_store.py."""
    return f"test_{re.sub(r'(?<!^)(?=[A-Z])', '_', port).lower()}.py"


@pytest.mark.parametrize("port", PORTS)
def test_a_port_has_its_contract(port: str) -> None:
    contract = CONTRACTS / contract_of(port)
    assert contract.is_file(), f"hold {port} to its promise in tests/contracts/{contract.name}"
    imported = rf"from {PORTS[port].__module__} import [^)\n]*?\b{port}\b"
    assert re.search(imported, contract.read_text(encoding="utf-8")), f"{contract.name} holds no {port}"


def test_a_contract_has_its_port() -> None:
    assert PORTS
    assert {path.name for path in CONTRACTS.glob("test_*.py")} == {contract_of(port) for port in PORTS}
