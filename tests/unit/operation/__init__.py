"""Runs and their faults."""
