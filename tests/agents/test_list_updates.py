"""Control records and list updates are obeyed when they are signed and in order; else shown."""

from dataclasses import dataclass

import pytest
from aiokafka import ConsumerRecord
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from prometheus_client import CollectorRegistry

from agents.list_updates import ListUpdates
from config.settings import Settings
from lists.in_force import LIST_NAMES, ListsInForce
from streams.codec import encode
from streams.metrics import LabelSets, WorkerMetrics
from streams.signature_order import SignatureOrder
from streams.signing import Signer, TrustedKey, Verifier, key_id
from tests.invariants.scene import files_in, put, second_contest
from tests.lists.test_in_force import control, register_update

CONTROL, REGISTER, WATCHLIST = "netral-control", "register-updates", "watchlist-updates"
SWITCH, LISTS, STRANGE = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2, 3))


@dataclass
class Scene:
    lists: ListsInForce
    updates: ListUpdates
    metrics: WorkerMetrics
    offset: int = 0

    def receive(
        self,
        topic: str,
        value: bytes,
        sequence: int,
        private: Ed25519PrivateKey | None = SWITCH,
        signed_for: str | None = None,
    ) -> None:
        """One record; `private` None leaves it unsigned, `signed_for` signs it for elsewhere."""
        headers: tuple[tuple[str, bytes], ...] = ()
        if private is not None:
            headers = Signer(private).headers(signed_for or topic, None, sequence, value)
        self.updates(
            ConsumerRecord(
                topic, 0, self.offset, 0, 0, None, value, None, 0, len(value), tuple(headers)
            )
        )
        self.offset += 1

    def refused(self, name: str, reason: str) -> float:
        sample = self.metrics.registry.get_sample_value(
            "netral_signature_refusals_total", {"list": name, "reason": reason}
        )
        assert sample is not None
        return sample


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    files = files_in(tmp_path_factory.mktemp("updates") / "lists")
    return Settings(lists=files.settings)


@pytest.fixture
def scene(settings: Settings) -> Scene:
    trusted = [
        TrustedKey(key_id(key.public_key()), key.public_key(), frozenset(topics), {})
        for key, topics in ((SWITCH, {CONTROL}), (LISTS, {REGISTER, WATCHLIST}))
    ]
    lists = ListsInForce(settings)
    topics = (CONTROL, REGISTER, WATCHLIST)
    metrics = WorkerMetrics(
        CollectorRegistry(),
        LabelSets(topics=topics, dispositions=(), stages=(), lists=LIST_NAMES, rules=()),
        version="test",
        settings="test",
    )
    order = SignatureOrder(Verifier(trusted))
    return Scene(lists, ListUpdates(settings.topics, lists, metrics, 1 << 20, order), metrics)


def test_a_signed_stop_is_obeyed_and_its_key_known(scene: Scene) -> None:
    scene.receive(CONTROL, encode(control(4, "stop")), 4)
    assert scene.lists.is_stopped
    assert scene.lists.control is not None
    assert scene.lists.control.signed_by == key_id(SWITCH.public_key())
    scene.receive(CONTROL, encode(control(5, "resume")), 5)
    assert not scene.lists.is_stopped


@pytest.mark.parametrize(
    ("private", "signed_for", "sequence", "reason"),
    [
        (None, None, 5, "unsigned"),
        (STRANGE, None, 5, "unknown_key"),
        (LISTS, None, 5, "key_not_for_topic"),
        (SWITCH, REGISTER, 5, "bad_signature"),
        (SWITCH, None, 4, "old_sequence"),
        (SWITCH, None, 3, "old_sequence"),
        (SWITCH, None, 6, "sequence_mismatch"),
    ],
)
def test_a_resume_that_is_not_as_it_must_be_changes_nothing(
    scene: Scene,
    private: Ed25519PrivateKey | None,
    signed_for: str | None,
    sequence: int,
    reason: str,
) -> None:
    scene.receive(CONTROL, encode(control(4, "stop")), 4)
    scene.receive(CONTROL, encode(control(5, "resume")), sequence, private, signed_for)
    assert scene.lists.is_stopped
    refusal = scene.lists.refusals["control"]
    assert refusal.standing
    assert refusal.reason.startswith(f"{CONTROL} offset 1: ")
    assert scene.refused("control", reason) == 1


def test_the_unknown_key_is_named(scene: Scene) -> None:
    scene.receive(CONTROL, encode(control(4, "stop")), 4, STRANGE)
    assert key_id(STRANGE.public_key()) in scene.lists.refusals["control"].reason
    assert not scene.lists.is_stopped


def test_a_register_update_sent_again_is_old(scene: Scene) -> None:
    update = encode(register_update(7))
    before = scene.lists.stages.register.size
    for _ in range(2):
        scene.receive(REGISTER, update, 7, LISTS)
    assert scene.lists.stages.register.size == before + 1
    assert scene.refused("register", "old_sequence") == 1


def test_a_list_that_was_refused_once_cannot_be_sent_again_later(scene: Scene) -> None:
    unfit = encode(put(3, second_contest(), election_id="pilkada-2029"))
    scene.receive(WATCHLIST, unfit, 3, LISTS)
    assert "no pseudonyms" in scene.lists.refusals["watchlist"].reason
    scene.receive(WATCHLIST, unfit, 3, LISTS)
    assert scene.refused("watchlist", "old_sequence") == 1


def test_each_topic_has_its_own_order(scene: Scene) -> None:
    scene.receive(REGISTER, encode(register_update(900)), 900, LISTS)
    scene.receive(WATCHLIST, encode(put(1, second_contest())), 1, LISTS)
    scene.receive(CONTROL, encode(control(2, "stop")), 2)
    assert scene.lists.refusals == {}
    assert scene.lists.is_stopped


def test_every_series_is_there_before_it_counts(scene: Scene) -> None:
    for name in ("register", "watchlist", "control"):
        assert scene.refused(name, "unsigned") == 0
