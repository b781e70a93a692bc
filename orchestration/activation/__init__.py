"""Audiences on their way out: to ad platforms, e-mail tools and webhooks."""
