"""The pure core: no I/O, no Kafka, no clock. One module a stage, joined in `matchers.screening`."""
