"""`c360 app`: the pages, on this machine unless told otherwise."""

from __future__ import annotations

from typing import Annotated

import typer

from orchestration.terminal import console, friendly_errors

app_command = typer.Typer(
    invoke_without_command=True,
    help="The profile app and the dashboards, in a browser.",
)


@app_command.callback()
def app(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(help="Address to listen on; by default this machine alone.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8501,
) -> None:
    """Open the profile app and the dashboards over the release in use.

    It reads releases only, so it waits for no run, and shows a new one by itself.
    """
    if context.invoked_subcommand:
        return
    with friendly_errors():
        from app.web.server import serve

        console.print(f"Customer 360 is on http://{host}:{port} (Ctrl+C stops it)")
        serve(host, port)
