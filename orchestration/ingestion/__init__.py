"""One door for raw data: files under landing/ become rows of `raw_<system>.<table>`."""
