"""The reviewers' console, its domain half: from a flagged event to a fair decision.

Everything here is free of HTTP and of Kafka's client but for `review.follow` and `review.relay`.
What a caller needs stands in `docs/review.md`.
"""
