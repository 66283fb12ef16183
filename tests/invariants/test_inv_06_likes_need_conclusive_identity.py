"""Invariant 06, the identity side: a like, follow or join never has a lead."""

import pytest

from config.settings import JudgementSettings
from matchers.exact_identity import resolve
from matchers.types import Identity
from streams.records import ACTIONS, Action
from tests.matchers.model import lead_for
from tests.matchers.people import Row, post_by, register_of

REGISTER = register_of(Row("budi.s", "7"))
EAGER = JudgementSettings(base_rate=9_999, lead_threshold=1)


@pytest.mark.parametrize("action", ACTIONS)
def test_inv_06_leads_are_for_posts_comments_shares_and_quotes(action: Action) -> None:
    post = post_by("budi.s", None, name="Budi Sasmitho", action=action)
    found = lead_for(post, REGISTER, EAGER)
    assert (found is None) == (action in {"like", "follow", "join"})


@pytest.mark.parametrize("action", ACTIONS)
def test_inv_06_conclusive_identity_is_open_to_every_action(action: Action) -> None:
    assert resolve([post_by("x", "7", action=action)], REGISTER) == [Identity("bound", 0, 0)]
