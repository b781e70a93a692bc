"""`c360 app`: the pages, on this machine unless told otherwise, and who may sign in."""

from __future__ import annotations

import secrets
from typing import Annotated

import typer
from rich.table import Table

from orchestration.commands.terminal import console, friendly_errors
from orchestration.warehouse import DataDir

app_command = typer.Typer(
    invoke_without_command=True,
    help="The profile app and the dashboards, in a browser.",
)
user_command = typer.Typer(
    no_args_is_help=True,
    help="Who may sign in where no identity provider is set (docs/guides/app.md).",
)
app_command.add_typer(user_command, name="user")

_FIRST = "demo"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@app_command.callback()
def app(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(help="Address to listen on; by default this machine alone.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port to listen on.")
    ] = 8501,
) -> None:
    """Open the profile app and the dashboards over the release in use.

    It reads releases only, so it waits for no run, and shows a new one by itself.
    """
    if context.invoked_subcommand:
        return
    with friendly_errors():
        from app.web.server import serve

        _make_first_user(host)
        console.print(f"Customer 360 is on http://{host}:{port} (Ctrl+C stops it)")
        serve(host, port)


@user_command.command("add")
def add(
    name: Annotated[str, typer.Argument(help="What they sign in with.")],
    role: Annotated[
        str,
        typer.Option(help="viewer, agent, steward, privacy_officer or admin."),
    ] = "viewer",
) -> None:
    """Add a user, or give one another password and role; asks for the password."""
    from app.access import Role
    from app.web.sign_in.users import UserError, add_user

    with friendly_errors():
        if role not in list(Role):
            raise UserError(f"There is no role {role!r}; roles are {', '.join(Role)}.")
        password = typer.prompt("Password", hide_input=True, confirmation_prompt=True)
        user = add_user(DataDir.from_env(), name, Role(role), password)
    console.print(f"[green]✓[/] {user.name} may sign in as {user.role}.")


@user_command.command("remove")
def remove(
    name: Annotated[str, typer.Argument(help="As c360 app user list has it.")],
) -> None:
    """Remove a user; whoever is signed in as them no longer is."""
    from app.web.sign_in.users import remove_user

    with friendly_errors():
        remove_user(DataDir.from_env(), name)
    console.print(f"[green]✓[/] {name} is no user any more.")


@user_command.command("list")
def list_users() -> None:
    """List the users and their roles."""
    from app.web.sign_in.users import users

    table = Table("name", "role", box=None)
    with friendly_errors():
        for user in users(DataDir.from_env()).values():
            table.add_row(user.name, user.role)
    console.print(table)


def _make_first_user(host: str) -> None:
    """Make a user for the first look, where only this machine can reach the pages.

    Raises:
        UserError: Nobody could sign in, and others could reach the pages.
    """
    from app.access import Role
    from app.web.sign_in import oidc
    from app.web.sign_in.users import UserError, add_user, users

    data = DataDir.from_env()
    if oidc.is_configured():
        return
    if known := users(data):
        if _FIRST in known:
            console.print(
                f"Sign in as {_FIRST}; if the password is lost, this sets another: "
                f"c360 app user add {_FIRST} --role admin",
                highlight=False,
                soft_wrap=True,
            )
        return
    if host not in _LOOPBACK:
        raise UserError(
            "Nobody may sign in yet. Add a user with: c360 app user add NAME --role "
            "agent, or set an identity provider (docs/guides/app.md)."
        )
    # Hexadecimal digits: a double click takes all of it, and none is a dash.
    password = secrets.token_hex(8)
    add_user(data, _FIRST, Role.ADMIN, password)
    console.print(
        "Made a first user; the password is shown only now.\n\n"
        f"  Name      [bold]{_FIRST}[/]\n  Password  [bold]{password}[/]\n",
        highlight=False,
    )
