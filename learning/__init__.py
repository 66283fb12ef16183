"""Learns the match model, at build time only: `python -m learning.learn`."""
