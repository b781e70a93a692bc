"""Tests of learning sentiment."""
