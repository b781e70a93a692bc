"""The HTTP API: what the release holds, for programs, by token and role."""
