"""Apache Kafka's jars: resolved once by Maven from Maven Central into the user's cache."""

import fcntl
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Final

KAFKA_VERSION: Final = "4.1.2"
RESOLVE_TIMEOUT: Final = 300.0

_POM: Final = Path(__file__).with_name("pom.xml")


class KafkaAbsentError(Exception):
    """Apache Kafka cannot be had here; the message names what is missing and what to do."""


def java() -> str:
    """The Java command. Raises KafkaAbsentError where there is none."""
    return _command("java", "Install a Java runtime, version 17 or newer (openjdk-17-jre-headless)")


def kafka_jars() -> Path:
    """The folder of Kafka's jars; the first call downloads them (40 MB).

    Raises KafkaAbsentError where Java or Maven is missing, or Maven Central cannot be reached.
    """
    java()
    version_folder = _cache() / KAFKA_VERSION
    jars = version_folder / "jars"
    if jars.is_dir():
        return jars
    version_folder.mkdir(parents=True, exist_ok=True)
    with (version_folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # test processes start together
        if not jars.is_dir():
            _resolve(jars)
    return jars


def _resolve(jars: Path) -> None:
    maven = _command("mvn", "Install Maven (apt-get install maven)")
    with tempfile.TemporaryDirectory(prefix="resolving-", dir=jars.parent) as folder:
        shutil.copy(_POM, folder)
        command = [
            *(maven, "--quiet", "--batch-mode", f"-Dkafka.version={KAFKA_VERSION}"),
            *("dependency:copy-dependencies", "-DincludeScope=runtime", "-DoutputDirectory=jars"),
        ]
        try:
            done = subprocess.run(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                timeout=RESOLVE_TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise KafkaAbsentError(
                f"Apache Kafka absent: Maven Central gave no answer in {RESOLVE_TIMEOUT:.0f} s. "
                "Check the network or Maven's settings."
            ) from None
        if done.returncode != 0:
            raise KafkaAbsentError(
                "Apache Kafka absent: Maven cannot resolve it from Maven Central. Check the "
                f"network or Maven's settings. Maven says:\n{done.stdout[-1_000:]}"
            )
        (Path(folder) / "jars").rename(jars)


def _command(name: str, what_to_do: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise KafkaAbsentError(f"Apache Kafka absent: no '{name}' command. {what_to_do}.")
    return found


def _cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "netral" / "kafka"
