"""The lists in force in a running worker: one snapshot, swapped whole between two batches.

A change that is refused leaves the old list in force and is kept as a :class:`Refusal`, for the
metrics and `/readyz`. Nothing here knows Kafka: the records come in decoded.
"""

import asyncio
import time
from dataclasses import dataclass, replace
from typing import Final, Literal, get_args

from config.errors import (
    ListError,
    ModelError,
    RegisterError,
    RulesError,
    SettingsError,
    WatchlistError,
)
from config.settings import CONFIG_DIR, ListSettings, Settings
from lists.model_file import load_model
from lists.ordinary_text import load_ordinary_text
from lists.pseudonyms import check_pseudonyms
from lists.register_artifact import open_register
from lists.rules_file import load_rules
from lists.watchlist_file import load_watchlist
from lists.watchlist_replay import WatchlistReplay
from matchers.match_model import MatchModel
from matchers.register import Register
from matchers.register_overlay import OverlayRegister
from matchers.rules import Rulebook
from matchers.screening import Stages
from matchers.shrink import refuse_shrunk
from matchers.watchlist_check import check_watchlist
from matchers.watchlist_index import WatchlistIndex
from matchers.watchlist_update import has_contest, put_or_remove
from streams.records import ControlRecord, RegisterUpdate, Watchlist, WatchlistUpdate

ListName = Literal["register", "watchlist", "rules", "control"]
UPDATES_A_STEP: Final = 200
"""Changes that are made again at once over a new base: some milliseconds."""

LIST_NAMES: Final[tuple[ListName, ...]] = get_args(ListName)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The newest refused change of a list, and how many there were. `at` is seconds since 1970."""

    reason: str
    at: float
    count: int
    standing: bool
    """True until a later change of the same list is accepted."""


@dataclass(frozen=True, slots=True)
class ControlInForce:
    """The control record that is obeyed, and the id of the key that signed it."""

    record: ControlRecord
    signed_by: str | None


@dataclass(frozen=True, slots=True)
class _Base:
    register: Register
    model: MatchModel
    watchlist: Watchlist
    rulebook: Rulebook


class ListsInForce:
    """Holds the snapshot that the next batch is judged by."""

    def __init__(self, settings: Settings) -> None:
        """Load the lists. Raises SettingsError where one is not named, ListError where refused."""
        self._settings = settings
        self._ordinary = load_ordinary_text(CONFIG_DIR)
        self._replay: WatchlistReplay | None = None
        self._is_indexed = True
        self._register_updates: list[tuple[RegisterUpdate, int]] = []
        self._contest_updates: dict[tuple[str, str], WatchlistUpdate] = {}
        self._watchlist_sequence = -1
        self.control: ControlInForce | None = None
        """The newest control record obeyed; None before the first: flagging is not stopped."""
        self.refusals: dict[ListName, Refusal] = {}
        base = _load(settings.lists)
        self._watchlist = base.watchlist
        self._stages = self._assemble(
            OverlayRegister(base.register), base.watchlist, base.rulebook, base.model, stopped=False
        )
        self._stages.watchlist.warm_up()
        now = time.time()
        self.changed_at: dict[ListName, float] = dict.fromkeys(LIST_NAMES, now)

    @property
    def is_stopped(self) -> bool:
        """All flagging is stopped."""
        return self._stages.stopped

    @property
    def stages(self) -> Stages:
        """The snapshot in force; take it once a batch.

        Changes of the watchlist are put together here: hundreds of records make one new index.
        """
        if not self._is_indexed:
            index = WatchlistIndex(self._watchlist, self._ordinary, self._stages.watchlist)
            self._stages = replace(self._stages, watchlist=index)
            self._is_indexed = True
        return self._stages

    def apply_register_update(self, update: RegisterUpdate, offset: int) -> None:
        """Add, change, withdraw or bind one account. Raises RegisterError where refused."""
        try:
            changed = self._overlay.apply(update, offset)
        except RegisterError as error:
            self._refuse("register", error)
            raise
        # Kept also where the base includes it: a later base may not.
        self._register_updates.append((update, offset))
        if changed:
            # The overlay is changed in place, between two batches; the stages are new for their
            # versions' sake.
            self._swap("register", replace(self._stages))

    def apply_watchlist_update(self, update: WatchlistUpdate) -> None:
        """Put or remove one whole contest. Raises WatchlistError where refused."""
        try:
            self._check_is_newer(update)
            if update.op == "put":
                check_pseudonyms({update.election_id}, self._overlay.elections(), WatchlistError)
            if self._replay is None:  # made when it is needed: it remembers who holds what
                self._replay = WatchlistReplay(self._watchlist, max_shrink=self._max_shrink)
            self._replay.apply(update)
        except WatchlistError as error:
            self._refuse("watchlist", error)
            raise
        self._watchlist_sequence = update.sequence
        # The newest goes last: a reload applies them in this order, and an election's name is that
        # of its newest record.
        key = update.election_id, update.contest_id
        self._contest_updates.pop(key, None)
        self._contest_updates[key] = update
        self._watchlist = self._replay.watchlist
        self._is_indexed = False
        self._swap("watchlist", self._stages)

    def apply_control(self, record: ControlRecord, signed_by: str | None = None) -> None:
        """Stop or resume all flagging. Raises ListError for a record older than the newest.

        `signed_by` is the id of the key, None where the record was not signed.
        """
        newest = self.control.record.sequence if self.control else -1
        if record.sequence <= newest:
            error = ListError(
                f"control record {record.sequence} is not newer than {newest}, which is in force. "
                "Send it with a higher sequence number."
            )
            self._refuse("control", error)
            raise error
        self.control = ControlInForce(record, signed_by)
        self._swap("control", replace(self._stages, stopped=record.action == "stop"))

    def refuse(self, name: ListName, reason: str) -> None:
        """Keep on record that a change of a list could not be read, or came from nobody."""
        self._refuse(name, ListError(reason))

    def reload(self) -> None:
        """Read all three files again and apply the updates since; all of it or nothing.

        Raises ListError where one is refused: the old lists stay in force.
        """
        try:
            base = _load(self._settings.lists)
            register = OverlayRegister(base.register)
            for record, offset in self._register_updates:
                if offset > base.register.overlay_offset:
                    register.apply(record, offset)
            refuse_shrunk(
                "register", self._overlay.size, register.size, self._max_shrink, RegisterError
            )
            watchlist = base.watchlist
            for update in self._contest_updates.values():
                if update.op == "put" or has_contest(watchlist, update):
                    watchlist = put_or_remove(watchlist, update)
            if watchlist is not base.watchlist:
                check_watchlist(watchlist)
            stages = self._assemble(
                register, watchlist, base.rulebook, base.model, stopped=self._stages.stopped
            )
            refuse_shrunk(
                "watchlist",
                self.stages.watchlist.entry_count,
                stages.watchlist.entry_count,
                self._max_shrink,
                WatchlistError,
            )
        except ListError as error:
            self._refuse(_list_of(error), error)
            raise
        self._watchlist = watchlist
        self._replay = None
        self._is_indexed = True
        for changed in ("register", "watchlist", "rules"):
            self._swap(changed, stages)

    async def switch_register(self) -> None:
        """Put what now lies in `lists.register_dir` in force, between two batches.

        The old register answers until the new one has every change that it lacks. The work is done
        in small steps, so that no batch waits long. Raises RegisterError where it is refused.
        """
        try:
            base = await asyncio.to_thread(_open, self._settings.lists)
            register = OverlayRegister(base)
            done = 0
            while done < len(self._register_updates):
                for update, offset in self._register_updates[done : done + UPDATES_A_STEP]:
                    if offset > base.overlay_offset:
                        register.apply(update, offset)
                    done += 1
                await asyncio.sleep(0)
            # Nothing can have come since the last look: there is no waiting from there to here.
            refuse_shrunk(
                "register", self._overlay.size, register.size, self._max_shrink, RegisterError
            )
            check_pseudonyms(
                {election.id for election in self._watchlist.elections},
                register.elections(),
                RegisterError,
            )
        except RegisterError as error:
            self._refuse("register", error)
            raise
        self._swap("register", replace(self._stages, register=register))

    @property
    def _overlay(self) -> OverlayRegister:
        register = self._stages.register
        assert isinstance(register, OverlayRegister)  # noqa: S101 - only _assemble makes stages
        return register

    @property
    def _max_shrink(self) -> float:
        return self._settings.lists.max_shrink

    def _assemble(
        self,
        register: OverlayRegister,
        watchlist: Watchlist,
        rulebook: Rulebook,
        model: MatchModel,
        *,
        stopped: bool,
    ) -> Stages:
        """`watchlist` has passed `check_watchlist`: as a file, or after an update."""
        index = WatchlistIndex(watchlist, self._ordinary)
        check_pseudonyms(index.election_ids, register.elections(), WatchlistError)
        return Stages(register, index, rulebook, model, self._settings.judgement, stopped)

    def _check_is_newer(self, update: WatchlistUpdate) -> None:
        if update.sequence <= self._watchlist_sequence:
            raise WatchlistError(
                f"watchlist update {update.sequence} is not newer than "
                f"{self._watchlist_sequence}, which is in force. Send it with a higher number."
            )

    def _swap(self, name: ListName, stages: Stages) -> None:
        self._stages = stages
        self.changed_at[name] = time.time()
        refusal = self.refusals.get(name)
        if refusal is not None:
            self.refusals[name] = replace(refusal, standing=False)

    def _refuse(self, name: ListName, error: ListError) -> None:
        before = self.refusals.get(name)
        count = before.count + 1 if before else 1
        self.refusals[name] = Refusal(str(error), time.time(), count, standing=True)


def _load(lists: ListSettings) -> _Base:
    if lists.register_dir is None or lists.watchlist_file is None:
        raise SettingsError(
            "lists.register_dir and lists.watchlist_file must be set. Name a register built by "
            "'netral register build' and a watchlist file in netral.toml or by "
            "NETRAL_LISTS__REGISTER_DIR and NETRAL_LISTS__WATCHLIST_FILE."
        )
    return _Base(
        register=_open(lists),
        watchlist=load_watchlist(lists.watchlist_file),
        rulebook=load_rules(lists.rules_file),
        model=load_model(lists.model_file),
    )


def _open(lists: ListSettings) -> Register:
    assert lists.register_dir is not None  # noqa: S101 - `_load` was called with the same settings
    register = open_register(lists.register_dir)
    if not register.account_count:
        raise RegisterError(
            f"{lists.register_dir}: the register is empty, so nobody could be matched. Build it "
            "again from the whole source: netral register build."
        )
    register.warm_up()
    return register


def _list_of(error: ListError) -> ListName:
    """The list that a reload was refused for; the match model counts with the rules."""
    if isinstance(error, RegisterError):
        return "register"
    return "rules" if isinstance(error, (RulesError, ModelError)) else "watchlist"
