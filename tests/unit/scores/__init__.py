"""Tests of the models that score customers."""
