from pathlib import Path

import orjson
from typer.testing import CliRunner

from cli.watchlist import app
from config.settings import CONFIG_DIR

EXAMPLE = CONFIG_DIR / "elections" / "jatim-2024.yaml"
RUN = CliRunner().invoke


def test_a_good_watchlist_exits_zero_with_its_warnings() -> None:
    result = RUN(app, ["check", str(EXAMPLE)])
    assert result.exit_code == 0
    assert "fit to be in force" in result.output
    assert "warning" in result.output


def test_json_for_scripts() -> None:
    report = orjson.loads(RUN(app, ["check", "--json", str(EXAMPLE)]).output)
    assert report["ok"]
    assert report["errors"] == []
    assert report["elections"] == ["pilkada-2024"]
    assert report["entries"] > 50


def test_a_bad_watchlist_exits_65_with_every_error(tmp_path: Path) -> None:
    file = tmp_path / "w.yaml"
    text = EXAMPLE.read_text(encoding="utf-8")
    file.write_text(text.replace("aliases: [Gus Hans]", "slogans: ['[!]']"), encoding="utf-8")
    result = RUN(app, ["check", str(file)])
    assert result.exit_code == 65
    assert "the slogan '[!]' holds no letter" in result.output
    file.write_text("schema: 1\n", encoding="utf-8")
    report = orjson.loads(RUN(app, ["check", "--json", str(file)]).output)
    assert not report["ok"]
    assert "elections" in report["errors"][0]
