"""Invariant 01: only declared accounts, while their declaration is in force, can be matched."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from config.errors import RegisterError
from config.settings import JudgementSettings
from lists.register_artifact import open_register
from lists.register_build import build_register
from matchers.active_period import declared_from, withdrawn_from
from matchers.exact_identity import resolve
from matchers.register_overlay import OverlayRegister
from streams.records import RegisterUpdate
from tests.lists.sources import many, row, write_source
from tests.matchers.model import lead_for
from tests.matchers.people import DECLARED, Row, post_by, register_of

WITHDRAWN = date(2024, 6, 1)
LAST = timedelta(microseconds=1)


@pytest.mark.parametrize(
    "without", [{"declared_on": ""}, {"declaration_ref": ""}, {"declared_on": "yesterday"}]
)
def test_inv_01_a_row_without_a_declaration_is_refused_counted_and_reported(
    tmp_path: Path, without: dict[str, str]
) -> None:
    source = write_source(tmp_path / "s.csv", [*many(3), row(**without)])
    report = build_register(source, tmp_path / "reg", max_refused=1)
    register = open_register(tmp_path / "reg")
    assert register.rows_by_account_id([("instagram", "7")]) == [-1]
    assert register.rows_by_handle([("instagram", "budi.s")]) == [-1]
    assert [one.line for one in report.refused] == [5]
    assert sum(report.manifest.refused.values()) == 1


@pytest.mark.parametrize("account_id", [None, "7"])
def test_inv_01_no_identity_outside_the_declaration(account_id: str | None) -> None:
    register = register_of(Row("budi.s", account_id, withdrawn_on=WITHDRAWN))
    times = [declared_from(DECLARED) - LAST, withdrawn_from(WITHDRAWN)]
    posts = [post_by("budi.s", account_id, at=at) for at in times]
    assert resolve(posts, register) == [None, None]


def test_inv_01_no_lead_outside_the_declaration() -> None:
    register = register_of(Row("budi.s", "7", withdrawn_on=WITHDRAWN))
    eager = JudgementSettings(base_rate=9_999, lead_threshold=1)
    inside = declared_from(DECLARED)
    last = withdrawn_from(WITHDRAWN) - LAST
    for at in (inside, last):
        post = post_by("budi.s", None, name="Budi Sasmitho", at=at)
        assert lead_for(post, register, eager) is not None
    for at in (inside - LAST, last + LAST):
        post = post_by("budi.s", None, name="Budi Sasmitho", at=at)
        assert lead_for(post, register, eager) is None


@pytest.mark.parametrize("without", ["declared_on", "declaration_ref"])
def test_inv_01_an_update_without_a_declaration_is_refused(without: str) -> None:
    given: dict[str, Any] = {"declared_on": "2024-01-05", "declaration_ref": "D/1"}
    del given[without]
    register = OverlayRegister(register_of())
    with pytest.raises(RegisterError, match="no declaration"):
        register.apply(
            RegisterUpdate(
                schema=1, sequence=1, op="add", platform="instagram", handle="budi.s", **given
            ),
            0,
        )
