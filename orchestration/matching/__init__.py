"""Matching people who share no identifier: its rules, its training, its quality."""
