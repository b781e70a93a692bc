"""Compiled Jinja, kept from one process to the next as Python keeps its bytecode.

dbt compiles the text of every model and macro anew in each process. What was compiled
is kept beside dbt's own parse of the project, by its text; another version of Jinja,
dbt or Python starts anew.

Imports dbt, so import this module inside functions only.
"""

from __future__ import annotations

import marshal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from types import CodeType
from typing import Any
from unittest import mock
from uuid import uuid4

from dbt_common.clients import jinja

# Bytes. Texts that nobody uses any more go when the file has grown so large.
_LARGEST = 64 * 2**20

_compile: Any = jinja.MacroFuzzEnvironment.compile
# By the class of the environment, as some generate other code, and the text.
_code: dict[tuple[str, str], CodeType] = {}


@contextmanager
def jinja_compiled_once(folder: Path) -> Iterator[None]:
    """Let dbt compile no text a second time; what it compiles is kept in `folder`."""
    file = folder / f"jinja-{_versions()}.marshal"
    for key, code in _kept(file).items():
        _code.setdefault(key, code)
    with mock.patch.object(jinja.MacroFuzzEnvironment, "compile", _compile_once):
        yield
    if _code.keys() - _kept(file):
        _keep(file)


def _compile_once(
    self: jinja.MacroFuzzEnvironment, source: Any, *args: Any, **kwargs: Any
) -> Any:
    if args or kwargs or not isinstance(source, str):
        return _compile(self, source, *args, **kwargs)
    key = (type(self).__qualname__, source)
    if key not in _code:
        _code[key] = _compile(self, source)
    return _code[key]


@cache
def _versions() -> str:
    of_packages = (version(name) for name in ("jinja2", "dbt-core", "dbt-common"))
    return "-".join([*of_packages, str(sys.implementation.cache_tag)])


@cache
def _kept(file: Path) -> dict[tuple[str, str], CodeType]:
    """Read what an earlier process kept; nothing if that is damaged or too large."""
    with suppress(OSError, ValueError, EOFError, TypeError):
        if file.stat().st_size <= _LARGEST:
            return dict(marshal.loads(file.read_bytes()))
    return {}


def _keep(file: Path) -> None:
    """Write everything that is known now, at once or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_name(f"{file.name}.{uuid4().hex}.tmp")
    unfinished.write_bytes(marshal.dumps(_code))
    unfinished.replace(file)
    _kept.cache_clear()
