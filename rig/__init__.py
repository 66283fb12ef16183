"""Real parts to test and measure against: Apache Kafka, and a proxy that spoils the wire."""
