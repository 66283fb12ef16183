"""Apache Kafka for tests.

- The fixture `broker` (tests/conftest.py) runs a test on the embedded broker and on Apache Kafka;
  `broker.bootstrap` is all that a test may know of it. `--broker=kafka` or `--broker=embedded`
  chooses one. `broker_kind` tells which; `tests.brokers.own_broker(kind, folder, advertise)`
  is a broker for one block alone, behind a proxy if you like.
- The fixture `kafka` is the `rig.kafka.KafkaCluster` of this test process: one broker, started
  once. Its topics are deleted whenever a module that asks for `broker` begins: give your own
  topics a prefix of the test's, and use `broker` or `kafka` in one module, not both.
- A cluster of your own, with other listeners or properties, is

      with kafka_cluster(
          tmp_path,
          nodes=3,
          listeners=[Listener("CLIENT", "SASL_PLAINTEXT", advertise={1: "127.0.0.1:9999"})],
          properties={"listener.name.client.sasl.enabled.mechanisms": "SCRAM-SHA-512", ...},
          format_arguments=("--add-scram", "SCRAM-SHA-512=[name=admin,password=secret]"),
      ) as cluster: ...

  after `require_kafka()`, which skips and names what is missing (Java, Maven, Maven Central). See
  `rig/kafka.py` for stop, kill, pause, restart and `wait_until_ready`.
- Keep it quick: a broker takes 4 s to start on an idle core, three take 6 s.
"""

from collections.abc import Iterator

import pytest

from rig.kafka import KafkaCluster, kafka_cluster
from tests.brokers import require_kafka


@pytest.fixture(scope="module")
def three_brokers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaCluster]:
    """A cluster of three, shared by the module: leave all of its brokers running."""
    require_kafka()
    with kafka_cluster(tmp_path_factory.mktemp("three"), nodes=3) as cluster:
        yield cluster
