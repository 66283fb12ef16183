"""Everything that touches Kafka or the wire.

Importing this package, or :mod:`streams.records`, loads no Kafka client.
"""
