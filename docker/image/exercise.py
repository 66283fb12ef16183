"""Run every kernel on invented lists and posts; say how many numba had to compile.

    python docker/image/exercise.py SEED

The image's build runs it to fill the folder of machine code, and its test runs it again, with that
folder read-only, to see that nothing is left to compile.
"""

import sys
import tempfile
from pathlib import Path

from numba.core import event

PEOPLE = 400
POSTS = 4_000
NEW = 50


def exercise(folder: Path, seed: int) -> int:
    """Build a register, judge posts, take live changes, judge again. Returns the flags' number."""
    from cli.demo_lists import ELECTION_FILE, build_register
    from config.settings import ListSettings, Settings
    from lists.in_force import ListsInForce
    from lists.watchlist_file import load_watchlist
    from matchers.screening import screen
    from streams.codec import DecodeFailure, decode_post
    from streams.records import RegisterUpdate
    from streams.records.lists import SubjectRef
    from synth.posts import draw_posts
    from synth.register import draw_register

    watchlist = load_watchlist(ELECTION_FILE)
    rows = draw_register(PEOPLE, seed)
    directory = build_register(folder, rows, watchlist)
    lists = ListsInForce(
        Settings(lists=ListSettings(register_dir=directory, watchlist_file=ELECTION_FILE))
    )
    decoded = [
        decode_post(post.value, 1 << 20) for post in draw_posts(watchlist, rows, POSTS, seed)
    ]
    posts = [None if isinstance(post, DecodeFailure) else post for post in decoded]

    def flags() -> int:
        return sum(len(outcome.flags) for outcome in screen(posts, lists.stages))

    found = flags()
    (election,) = watchlist.elections
    for number in range(NEW):
        lists.apply_register_update(
            RegisterUpdate(
                schema=1,
                sequence=number,
                op="add",
                platform="x",
                handle=f"pegawai_baru_{number}",
                account_id=f"9{number:06}",
                name="Pegawai Baru",
                declared_on="2024-01-02",
                declaration_ref=f"SK-{number}",
                subject_refs=(SubjectRef(election_id=election.id, ref=f"s{number:032x}"),),
            ),
            number,
        )
    found += flags()
    lists.reload()
    return found + flags()


def main() -> None:
    with (
        tempfile.TemporaryDirectory(prefix="netral-exercise-") as folder,
        event.install_recorder("numba:compile") as compiled,
    ):
        flags = exercise(Path(folder), int(sys.argv[1]))
    names = sorted(
        {record.data["dispatcher"].py_func.__qualname__ for _, record in compiled.buffer}
    )
    print(f"flags {flags}, compiled {len(names)}: {' '.join(names)}".strip())


if __name__ == "__main__":
    main()
