"""Tests of what Spark is given; none of them needs Spark."""
