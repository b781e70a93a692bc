"""The gates between layers: Great Expectations judges, verdicts are remembered."""
