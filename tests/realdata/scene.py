"""The real posts, the lists they are judged by, and what must come of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path

import msgspec

from config.settings import CONFIG_DIR, JudgementSettings, ListSettings, Settings
from lists.model_file import load_model
from lists.ordinary_text import load_ordinary_text
from lists.refs import make_key, read_key, write_refs
from lists.register_artifact import open_register
from lists.register_build import build_register
from lists.rules_file import load_rules
from lists.vault import make_review_key
from lists.watchlist_file import load_watchlist
from matchers.handles import normalise
from matchers.screening import Stages
from matchers.watchlist_index import WatchlistIndex
from streams.records import PublicPost, Watchlist
from synth.register import SourceRow, write_source
from tests.realdata.stream import real_posts, real_register
from tests.realdata.watchlist import real_watchlist
from tests.reference.slow_register import SlowRegister
from tests.reference.slow_screen import SlowStages


@dataclass(frozen=True)
class Scene:
    """Lists on disk as an operator would have them, and the stream."""

    register_dir: Path
    watchlist_file: Path
    key_file: Path
    rows: Sequence[SourceRow]
    watchlist: Watchlist
    posts: Sequence[PublicPost]

    def settings(self, base: Settings) -> Settings:
        """`base`, with these lists."""
        lists = ListSettings(register_dir=self.register_dir, watchlist_file=self.watchlist_file)
        return base.model_copy(update={"lists": lists})

    def stages(self) -> Stages:
        """The product's own snapshot, for a run in this process."""
        return Stages(
            open_register(self.register_dir),
            _index(load_watchlist(self.watchlist_file)),
            load_rules(CONFIG_DIR / "rules.yaml"),
            load_model(CONFIG_DIR / "match_model.yaml"),
            JudgementSettings(),
        )

    def slow_stages(self) -> SlowStages:
        """The reference's lists, made from the same sources without the product's artifacts.

        But for the order of the rows: of many candidates that are alike, the first are weighed.
        """
        register = open_register(self.register_dir)
        keys = [(row.platform, normalise(row.platform, row.handle) or "") for row in self.rows]
        places = register.rows_by_handle(keys)
        return SlowStages(
            SlowRegister(
                [row for _, row in sorted(zip(places, self.rows, strict=True), key=itemgetter(0))],
                register.version,
                read_key(self.key_file),
                frozenset(election.id for election in self.watchlist.elections),
            ),
            self.watchlist,
            _index(self.watchlist),
            load_rules(CONFIG_DIR / "rules.yaml"),
            load_model(CONFIG_DIR / "match_model.yaml"),
            JudgementSettings(),
        )


def set_scene(data: Path, folder: Path) -> Scene:
    """Build register, pseudonyms and watchlist file in `folder`, and read the posts."""
    watchlist = real_watchlist(data)
    rows = real_register(data)
    write_source(rows, folder / "register.csv")
    build_register(folder / "register.csv", folder / "register")
    make_key(folder / "key")
    recipient = make_review_key(folder / "review.key")
    for election in watchlist.elections:
        write_refs(
            folder / "register",
            election.id,
            folder / "key",
            recipient,
            folder / f"{election.id}.vault",
        )
    (folder / "watchlist.json").write_bytes(msgspec.json.encode(watchlist))
    return Scene(
        register_dir=folder / "register",
        watchlist_file=folder / "watchlist.json",
        key_file=folder / "key",
        rows=rows,
        watchlist=watchlist,
        posts=list(real_posts(data, watchlist)),
    )


def _index(watchlist: Watchlist) -> WatchlistIndex:
    return WatchlistIndex(watchlist, load_ordinary_text(CONFIG_DIR))
