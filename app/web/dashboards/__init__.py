"""Dashboards, one page a file: what each chart counts is said beside it."""
