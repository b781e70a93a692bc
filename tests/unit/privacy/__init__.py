"""Tests of what people may ask of us, and of the log of who saw what."""
