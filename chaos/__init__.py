"""Proof that nothing is lost: real brokers and workers, faults from a seed, a known answer."""
