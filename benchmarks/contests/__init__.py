"""The contests, a module a subject; each has its own in `CONTESTS`."""
