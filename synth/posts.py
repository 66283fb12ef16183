"""A stream of posts of every kind, each with its known answer.

The answer follows from how a post is made: its scene (`synth.scenes`), its author
(`synth.authors`) and its time. No matcher is asked.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from itertools import cycle, islice, product
from random import Random
from typing import Final

import msgspec

from streams.records import (
    AccountRef,
    Actor,
    Candidate,
    CandidateAccount,
    Contest,
    Media,
    Phase,
    PublicPost,
    Target,
    Watchlist,
)
from synth import texts
from synth.authors import Author, AuthorKind, Authors
from synth.bad_records import BAD_RECORDS
from synth.disguise import DISGUISES
from synth.register import REGIONS, SourceRow, full_handle
from synth.sample_post import Expected, SamplePost
from synth.scenes import TOUCHING, UNTOUCHED, Scene

WIB: Final = timezone(timedelta(hours=7))
MATCHED: Final[Mapping[AuthorKind, int]] = {
    "registered_id": 8,
    "declared_handle": 6,
    "registered_id_new_handle": 3,
    "lead": 2,
    "handle_without_id": 1,
}
"""Authors whose posts may be flagged, with their weights; leads are few by design."""
UNMATCHED: Final[Mapping[AuthorKind, int]] = {
    "unrelated": 4,
    "reused_handle": 3,
    "other_digits": 3,
    "withdrawn": 2,
    "namesake": 2,
    "other_platform": 1,
}
"""Authors who must not be matched, most of them with a likeness to somebody who is."""
SHARES: Final[dict[str, float]] = {
    "touching": 0.15,
    "unmatched": 0.12,
    "not_public": 0.03,
    "out_of_window": 0.06,
    "invalid": 0.02,
}
"""Of all records; the rest is untouched."""
VISIBILITIES: Final = ("followers", "private", "unlisted", "direct")


@dataclass(frozen=True, slots=True)
class Subject:
    """The candidate that a post is about, and what its template may say of them."""

    contest: Contest
    candidate: Candidate
    number: int | None

    @property
    def full_names(self) -> tuple[str, ...]:
        return tuple(name for name in self.candidate.names if " " in name)

    def can_fill(self, scene: Scene, platform: str) -> bool:
        """Whether every slot of the scene has something to stand in it."""
        slots = "".join(scene.templates)
        candidate = self.candidate
        needs = {
            "{name}": bool(self.full_names),
            "{tag}": bool(candidate.hashtags),
            "{word}": bool(candidate.ambiguous_aliases),
            "{number}": self.number is not None,
            "{region}": bool(self.contest.region_names),
            "{at}": bool(self.accounts(platform)),
        }
        if scene.target in ("own", "campaign") and not self.accounts(platform, scene.target):
            return False
        return all(filled for slot, filled in needs.items() if slot in slots)

    def accounts(self, platform: str, kind: str | None = None) -> list[CandidateAccount]:
        """The candidate's accounts on a platform, of one kind or of both."""
        return [
            account
            for account in self.candidate.accounts
            if account.platform == platform and kind in (None, account.kind)
        ]


def draw_posts(
    watchlist: Watchlist, rows: Sequence[SourceRow], count: int, seed: int
) -> list[SamplePost]:
    """`count` records in random order, in the proportions of :data:`SHARES`.

    Same arguments, same bytes. Raises ValueError where the watchlist has no contest or the
    register is too small to have everybody who is needed.
    """
    return _Drawing(watchlist, rows, seed).sample(count)


def draw_flaggable(
    watchlist: Watchlist, rows: Sequence[SourceRow], count: int, seed: int
) -> list[SamplePost]:
    """`count` posts that would all be flagged, for showing that a stopped worker flags none."""
    return _Drawing(watchlist, rows, seed).flaggable(count)


def instant_in(phase: Phase, rng: Random) -> datetime:
    """An instant of the phase, to the second, a minute clear of its ends."""
    seconds = int((phase.end - phase.start).total_seconds())
    at = phase.start + timedelta(seconds=rng.randrange(60, seconds - 60))
    return at.astimezone(WIB)


def subjects_of(watchlist: Watchlist) -> list[Subject]:
    """Every candidate of every contest, in the watchlist's order."""
    return [
        Subject(contest, candidate, _ballot_number(contest, candidate))
        for election in watchlist.elections
        for contest in election.contests
        for candidate in contest.candidates
    ]


class _Drawing:
    def __init__(self, watchlist: Watchlist, rows: Sequence[SourceRow], seed: int) -> None:
        self._seed = seed
        self._rng = Random(f"posts:{seed}")
        self._authors = Authors(rows, self._rng)
        self._number = 0
        self._acts: set[tuple[object, ...]] = set()
        self._subjects = subjects_of(watchlist)
        if not self._subjects:
            raise ValueError("the watchlist has no contest. Name one that has.")
        self._phase_names = tuple(
            dict.fromkeys(
                phase.name for subject in self._subjects for phase in subject.contest.phases
            )
        )

    def sample(self, count: int) -> list[SamplePost]:
        parts: dict[str, Callable[[], Iterator[SamplePost]]] = {
            "touching": lambda: self._touching(MATCHED),
            "unmatched": lambda: self._touching(UNMATCHED),
            "not_public": self._not_public,
            "out_of_window": self._out_of_window,
            "invalid": self._invalid,
        }
        posts = [
            post
            for name, draw in parts.items()
            for post in islice(draw(), round(count * SHARES[name]))
        ]
        posts.extend(islice(self._untouched(), count - len(posts)))
        self._rng.shuffle(posts)
        return posts

    def flaggable(self, count: int) -> list[SamplePost]:
        posts = (post for post in self._touching(MATCHED) if post.expected.rules)
        return list(islice(posts, count))

    def _touching(self, kinds: Mapping[AuthorKind, int]) -> Iterator[SamplePost]:
        """Every scene in every phase, round and round, by authors of these kinds."""
        acts = list(product(TOUCHING, self._phase_names))
        self._rng.shuffle(acts)
        for scene, phase_name in cycle(acts):
            subject, author = self._cast(scene, self._one_of(kinds))
            phase = next((p for p in subject.contest.phases if p.name == phase_name), None)
            if phase is not None:
                post = self._post(scene, subject, author, instant_in(phase, self._rng))
                if self._is_new(post):
                    yield self._sample(scene, author, post, _answer(scene, author, phase))

    def _is_new(self, post: PublicPost) -> bool:
        """False for a second follow of the same account: both are one act, and one flag."""
        if post.action not in ("like", "follow", "join") or post.target is None:
            return True
        account = post.target.account
        act = (
            post.platform,
            post.action,
            post.actor.account_id or post.actor.handle,
            account and account.handle,
            post.target.post_id,
        )
        known = act in self._acts
        self._acts.add(act)
        return not known

    def _untouched(self) -> Iterator[SamplePost]:
        for scene in cycle(UNTOUCHED):
            subject, author = self._cast(scene, self._one_of({**MATCHED, **UNMATCHED}))
            at = instant_in(self._rng.choice(subject.contest.phases), self._rng)
            post = self._post(scene, subject, author, at)
            yield self._sample(scene, author, post, Expected("untouched"))

    def _out_of_window(self) -> Iterator[SamplePost]:
        for scene in cycle(TOUCHING):
            subject, author = self._cast(scene, self._one_of(MATCHED))
            post = self._post(scene, subject, author, self._outside())
            yield self._sample(scene, author, post, Expected("out_of_window"))

    def _not_public(self) -> Iterator[SamplePost]:
        for scene in cycle(TOUCHING):
            subject, author = self._cast(scene, self._one_of(MATCHED))
            at = instant_in(self._rng.choice(subject.contest.phases), self._rng)
            post = msgspec.structs.replace(
                self._post(scene, subject, author, at), visibility=self._rng.choice(VISIBILITIES)
            )
            yield self._sample(scene, author, post, Expected("not_public"))

    def _invalid(self) -> Iterator[SamplePost]:
        scene = TOUCHING[0]
        for bad in cycle(BAD_RECORDS):
            subject, author = self._cast(scene, "registered_id")
            phase = self._rng.choice(subject.contest.phases)
            post = self._post(scene, subject, author, instant_in(phase, self._rng))
            yield SamplePost(
                scene=bad.name,
                author=author.kind,
                post_id=None,
                value=bad.spoil(msgspec.to_builtins(post)),
                expected=Expected("invalid", reason=bad.reason, path=bad.path),
            )

    def _one_of(self, kinds: Mapping[AuthorKind, int]) -> AuthorKind:
        [kind] = self._rng.choices(tuple(kinds), weights=tuple(kinds.values()))
        return kind

    def _cast(self, scene: Scene, kind: AuthorKind) -> tuple[Subject, Author]:
        """A candidate and an author who fit the scene and each other."""
        for _ in range(10_000):
            author = self._authors.draw(kind)
            fitting = [s for s in self._subjects if s.can_fill(scene, author.platform)]
            if fitting:
                return self._rng.choice(fitting), author
        raise ValueError(
            f"no candidate of the watchlist fits the scene {scene.name!r}: it needs names, "
            "hashtags, everyday aliases, ballot numbers and accounts."
        )

    def _post(self, scene: Scene, subject: Subject, author: Author, at: datetime) -> PublicPost:
        rng = self._rng
        self._number += 1
        slots = self._slots(scene, subject, author)
        template = rng.choice(scene.templates) if scene.templates else None
        undated = scene.action in ("like", "follow", "join") and rng.random() < 0.5
        return PublicPost(
            schema=1,
            post_id=f"{self._seed}-{self._number:07d}",
            platform=author.platform,
            action=scene.action,
            actor=Actor(
                handle=author.handle,
                account_id=author.account_id,
                display_name=author.display_name,
                bio=author.bio,
            ),
            observed_at=at if undated else at + timedelta(seconds=rng.randrange(2, 7_200)),
            source="synthetic",
            visibility="public",
            created_at=None if undated else at,
            text=template.format_map(slots) if template is not None else None,
            target=self._target(scene, subject, author, slots),
            mentions=(AccountRef(handle=slots["at"].removeprefix("@")),)
            if template is not None and "{at}" in template
            else (),
            hashtags=(slots["tag"],) if template is not None and "{tag}" in template else (),
            media=(Media(kind="photo"),) if scene.photo else (),
        )

    def _slots(self, scene: Scene, subject: Subject, author: Author) -> dict[str, str]:
        rng = self._rng
        candidate = subject.candidate
        names = subject.full_names
        name = rng.choice(names) if names else ""
        if scene.disguise is not None:
            name = DISGUISES[scene.disguise](max(names, key=len), rng)
        handles = [account.handle for account in subject.accounts(author.platform)]
        regions = subject.contest.region_names
        return {
            "name": name,
            "tag": rng.choice(candidate.hashtags).lstrip("#") if candidate.hashtags else "",
            "word": rng.choice(candidate.ambiguous_aliases) if candidate.ambiguous_aliases else "",
            "at": f"@{rng.choice(handles)}" if handles else "",
            "number": str(subject.number or ""),
            "region": rng.choice(regions) if regions else "",
            # A place that names the contest's region would be evidence of its own.
            "place": rng.choice([town for town in REGIONS.values() if town not in regions]),
        }

    def _target(
        self, scene: Scene, subject: Subject, author: Author, slots: dict[str, str]
    ) -> Target | None:
        rng = self._rng
        if scene.target is None:
            return None
        has_post = scene.action not in ("follow", "join")
        if scene.target != "stranger":
            account = rng.choice(subject.accounts(author.platform, scene.target))
            target = AccountRef(handle=account.handle, account_id=account.account_id)
            said = rng.choice(texts.CANDIDATE_POSTS)
        else:
            handle = full_handle(author.platform, f"toko{rng.randrange(1_000, 10_000)}")
            target = AccountRef(handle=handle, account_id=str(rng.randrange(10**15, 10**17)))
            said = rng.choice(texts.OTHER_POSTS)
        return Target(
            account=target,
            post_id=f"t{rng.randrange(10**9)}" if has_post else None,
            text=said.format_map(slots) if has_post else None,
        )

    def _outside(self) -> datetime:
        """An instant before or after every window of every contest."""
        phases = [phase for subject in self._subjects for phase in subject.contest.phases]
        away = timedelta(seconds=self._rng.randrange(60, 40 * 86_400))
        first, last = min(p.start for p in phases), max(p.end for p in phases)
        return (first - away if self._rng.random() < 0.5 else last + away).astimezone(WIB)

    @staticmethod
    def _sample(scene: Scene, author: Author, post: PublicPost, expected: Expected) -> SamplePost:
        return SamplePost(
            scene=scene.name,
            author=author.kind,
            post_id=post.post_id,
            value=msgspec.json.encode(post),
            expected=expected,
        )


def _answer(scene: Scene, author: Author, phase: Phase) -> Expected:
    """What must become of a scene that touches the watchlist within a window."""
    if author.status is None:
        return Expected("unmatched")
    if scene.conclusive_only and author.status == "unconfirmed":
        return Expected("unmatched")
    rules = scene.rules_in(phase.name)
    if not rules:
        return Expected("no_rule")
    return Expected("flagged", rules=rules, identity=author.status)


def _ballot_number(contest: Contest, candidate: Candidate) -> int | None:
    for pair in contest.ballot:
        if candidate.ballot_name in pair.names:
            return pair.number
    return None
