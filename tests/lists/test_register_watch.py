"""A new register that comes into its place comes into force by itself."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from config.settings import Settings
from lists import register_watch
from lists.in_force import ListsInForce
from lists.register_watch import follow_register, stamp
from tests.invariants.scene import ACCOUNTS, Files, account, files_in

DEADLINE = 30


@pytest.fixture
def files(tmp_path: Path) -> Files:
    return files_in(tmp_path / "lists")


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(DEADLINE):
        while True:
            if condition():
                return
            await asyncio.sleep(0.001)


def test_a_stamp_tells_one_artifact_from_another(files: Files) -> None:
    register = files.folder / "register"
    before = stamp(register)
    assert before is not None
    assert stamp(register) == before
    files.write_register(ACCOUNTS)
    assert stamp(register) not in (None, before), "the same content, built again"
    register.rename(files.folder / "elsewhere")
    assert stamp(register) is None


async def test_a_new_artifact_comes_into_force_and_a_refused_one_is_tried_once(
    files: Files, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(register_watch, "LOOK_SECONDS", 0.001)
    lists = ListsInForce(Settings(lists=files.settings))
    register = files.folder / "register"
    following = asyncio.create_task(follow_register(lists, register, stamp(register)))
    try:
        before = lists.stages.register.version
        files.write_register([*ACCOUNTS, account(11, "baru_uji")])
        await until(lambda: lists.stages.register.version != before)
        in_force = lists.stages
        files.write_register(ACCOUNTS[:5])
        await until(lambda: "register" in lists.refusals)
        # It takes two looks at the same artifact to know that it is left alone.
        looks = 0

        def look(directory: Path) -> register_watch.Stamp:
            nonlocal looks
            looks += 1
            return stamp(directory)

        monkeypatch.setattr(register_watch, "stamp", look)
        await until(lambda: looks > 3)
        assert lists.refusals["register"].standing
        refused = lists.refusals["register"].count
        await until(lambda: looks > 6)
        assert lists.refusals["register"].count == refused
        assert lists.stages is in_force
        files.write_register([*ACCOUNTS, account(12, "lain_uji")])
        await until(lambda: not lists.refusals["register"].standing)
        assert lists.stages is not in_force
        assert not following.done()
    finally:
        following.cancel()
        await asyncio.wait({following})
