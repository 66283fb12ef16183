"""The console's fixtures."""

from tests.review.fixtures import clock, desk, postgres, store_url

__all__ = ["clock", "desk", "postgres", "store_url"]
