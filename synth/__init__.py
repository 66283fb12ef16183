"""Synthetic registers and post streams with known truth, for the demo, tests and benchmarks."""
