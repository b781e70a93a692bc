"""Ingestion, from a file in landing/ to rows in raw."""
