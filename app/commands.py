"""`c360 api` and `c360 mcp`: what the release holds, for programs."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from app.access import Role
from orchestration.commands.terminal import console, friendly_errors
from orchestration.warehouse import DataDir
from orchestration.wording import counted

api_app = typer.Typer(
    invoke_without_command=True,
    help="The HTTP API over the release in use, and the tokens that open it.",
)
token_app = typer.Typer(
    no_args_is_help=True,
    help="Tokens of programs: made once, shown once, taken back at any time.",
)
api_app.add_typer(token_app, name="token")


@api_app.callback()
def api(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(help="Address to listen on; by default this machine alone.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=1, max=65535, help="Port to listen on.")
    ] = 8360,
    per_second: Annotated[
        float, typer.Option(min=0.1, help="Requests a token may make a second.")
    ] = 100,
    burst: Annotated[int, typer.Option(min=1, help="How many of them at once.")] = 200,
    workers: Annotated[
        int,
        typer.Option(
            min=1,
            help="Processes that answer; each allows its even share of the requests.",
        ),
    ] = 1,
) -> None:
    """Answer programs over HTTP until Ctrl+C; /openapi.json describes what there is.

    It reads releases only, so it waits for no run, and sees a new one by itself. For
    other machines put it behind a proxy that speaks TLS: tokens travel in headers.
    """
    if context.invoked_subcommand:
        return
    with friendly_errors():
        from app.api.serving import serve

        console.print(f"The API is on http://{host}:{port} (Ctrl+C stops it)")
        serve(
            host=host,
            port=port,
            per_second=per_second,
            burst=burst,
            workers=workers,
        )


@token_app.command("create")
def token_create(
    name: Annotated[str, typer.Argument(help="The program that gets it.")],
    role: Annotated[Role, typer.Option(help="What it may do.")] = Role.VIEWER,
    days: Annotated[int, typer.Option(help="How long it lives.")] = 90,
) -> None:
    """Make a token and print it, for the only time; only its hash is kept.

    Everything but the token goes to the terminal, so `> file` keeps the token alone.
    """
    from app.tokens import TokenStore

    with friendly_errors():
        token, secret = TokenStore(DataDir.from_env()).create(name, role, days)
    typer.echo(
        f"Token {token.token_id} for {token.name}, role {token.role}, until "
        f"{token.expires_at:%Y-%m-%d %H:%M} UTC:",
        err=True,
    )
    typer.echo(secret)


@token_app.command("list")
def token_list() -> None:
    """List all tokens that were ever made, and which still open something."""
    from app.tokens import TokenStore
    from orchestration.clock import machine_time

    table = Table("id", "name", "role", "made", "until", "state")
    with friendly_errors():
        for token in TokenStore(DataDir.from_env()).all():
            state = "valid" if token.is_valid(machine_time()) else "expired"
            table.add_row(
                token.token_id,
                token.name,
                token.role,
                f"{token.created_at:%Y-%m-%d}",
                f"{token.expires_at:%Y-%m-%d}",
                "revoked" if token.revoked_at else state,
            )
    console.print(table)


@token_app.command("revoke")
def token_revoke(
    token_id: Annotated[str, typer.Argument(help="As c360 api token list has it.")],
) -> None:
    """Take a token back; servers that run refuse it with the next request."""
    from app.tokens import TokenStore

    with friendly_errors():
        token = TokenStore(DataDir.from_env()).revoke(token_id)
    console.print(
        f"[green]✓[/] {token.token_id} ({token.name}) opens nothing any more."
    )


def copy_postgres(
    url: Annotated[
        str,
        typer.Argument(
            envvar="C360_POSTGRES_COPY",
            help="postgresql://user:password@host/database; better in the environment.",
            show_default=False,
        ),
    ],
    schema: Annotated[
        str, typer.Option(help="Its schema there, which holds nothing else.")
    ] = "marts",
    personal: Annotated[
        bool, typer.Option("--personal", help="With personal data, not masked.")
    ] = False,
) -> None:
    """Copy the release to a PostgreSQL server, for BI tools that want one.

    Readers see the whole old release until, in one transaction, they see the whole new
    one; who could read a table or column still can.
    """
    from orchestration.releases.postgres_copy import copy_release

    with friendly_errors():
        copied = copy_release(
            DataDir.from_env(), url, schema=schema, masked=not personal
        )
    console.print(
        f"[green]✓[/] {copied.schema} has release {copied.run_id}: "
        f"{counted(sum(copied.row_counts.values()), 'row')} of "
        f"{counted(len(copied.row_counts), 'table')}",
        highlight=False,
    )


def search_index() -> None:
    """Build the search index of the release in use, if it has none.

    A run builds it with the release. Needed only where a release is from before there
    was one, and those who read it may not write there.
    """
    with friendly_errors():
        from app.finding import index_of
        from app.release import Releases

        release = Releases(DataDir.from_env()).current()
        index_of(release)
    console.print(f"[green]✓[/] Release {release.run_id} has its search index.")


def mcp(
    role: Annotated[
        Role, typer.Option(help="What the assistant may see.")
    ] = Role.VIEWER,
    name: Annotated[
        str | None,
        typer.Option(help="As the access log will know it; by default your user."),
    ] = None,
) -> None:
    """Serve the release to an assistant that speaks MCP, on standard input and output.

    Whoever starts it answers for it: it has the rights of the role, and every view is
    in the access log under the name.
    """
    with friendly_errors():
        import getpass

        from app.access import Person
        from app.mcp_server import create_server

        person = Person(f"{name or getpass.getuser()} (mcp)", role)
        create_server(DataDir.from_env(), person).run("stdio")
