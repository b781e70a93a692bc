"""A page of every `c360` command, from what its own --help knows."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import typer.main

from orchestration.cli import app
from reference.markdown import code, page, table

# Typer carries a click of its own, whose classes have no public name.
Command = Any
Parameter = Any


def commands() -> dict[str, Command]:
    """Return every command that does something, by what is typed to run it."""
    return dict(sorted(_walk("c360", typer.main.get_command(app))))


def text() -> str:
    """Return the page of all commands."""
    return page(
        "# Commands",
        "What `c360 --help` and the help of each command say.",
        *(_command(name, command) for name, command in commands().items()),
    )


def _walk(name: str, command: Command) -> Iterator[tuple[str, Command]]:
    children = getattr(command, "commands", {})
    if not children or getattr(command, "invoke_without_command", False):
        yield name, command
    for child, found in children.items():
        yield from _walk(f"{name} {child}", found)


def _command(name: str, command: Command) -> str:
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    options = [p for p in command.params if p.param_type_name == "option"]
    usage = " ".join([name, *(_metavar(p) for p in arguments)])
    return page(
        f"## {name}",
        _plain(command.help),
        f"```sh\n{usage}{' [OPTIONS]' if options else ''}\n```",
        table(
            ["argument or option", "default", "what it is"],
            [
                (
                    code(" / ".join([*p.opts, *p.secondary_opts]))
                    if p in options
                    else code(_metavar(p)),
                    _default(p),
                    _plain(getattr(p, "help", "")),
                )
                for p in [*arguments, *options]
                if p.name != "help"
            ],
        ),
    )


def _metavar(parameter: Parameter) -> str:
    name = parameter.metavar or (parameter.name or "").upper()
    return name if parameter.required else f"[{name}]"


def _default(parameter: Parameter) -> str:
    if parameter.required:
        return "required"
    value = parameter.default
    return "" if value in (None, False, ()) or callable(value) else code(value)


def _plain(help_text: str | None) -> str:
    """Return help as Markdown, in which `<time>` is no tag."""
    return inspect.cleandoc(help_text or "").replace("<", "&lt;")
