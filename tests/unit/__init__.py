"""Tests of single modules and macros."""
