"""The small Faust agents that join streams and matchers."""
