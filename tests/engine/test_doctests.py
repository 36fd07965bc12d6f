"""The examples in docstrings run."""

import doctest
import importlib
import pkgutil

import nablascope.engine
import pytest

MODULES = [name for _, name, _ in pkgutil.walk_packages(nablascope.engine.__path__, "nablascope.engine.")]


@pytest.mark.parametrize("name", ["nablascope.engine", *MODULES])
def test_examples_in_docstrings_run(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
