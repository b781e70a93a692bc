"""Runs and their faults: alerts, dead runs, what is worth another try."""
