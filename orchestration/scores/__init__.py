"""Scores that are learnt: models in Python, fed by features, judged on every run."""
