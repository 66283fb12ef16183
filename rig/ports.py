"""Ports that stay ours over a restart."""

import os
import random
import socket
from typing import Final

_RANGE: Final = (10_240, 32_000)
"""Below the ports that Linux gives to outgoing connections: while a broker is down, a client must
not be given its port, nor a client that tries to reach it be connected to itself."""

_chance = random.Random(os.getpid())


def stable_port() -> int:
    """A loopback port that nobody listens on and that no outgoing connection will be given."""
    while True:
        port = _chance.randrange(*_RANGE)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
