"""Tests of serving, on small releases of their own."""
