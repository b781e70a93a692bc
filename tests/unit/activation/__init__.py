"""Tests of audiences on their way out."""
