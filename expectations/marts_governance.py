"""What the marts of the privacy officer must be, to be shown to an authority."""

from expectations.rules import never

SUITES = {
    "access_log": [
        never(
            "not is_as_written",
            "From an entry on that was edited, cut or moved, the log proves nothing.",
            show=["entry_number", "action", "done_at"],
            stops=False,
        ),
    ],
}
