"""Measured side by side against what a user would pick instead."""
