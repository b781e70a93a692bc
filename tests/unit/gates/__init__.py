"""The gates: what they expect, and that they judge it."""
