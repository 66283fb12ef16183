"""Posts by authors of every kind (`synth.actors`), each with the account its author truly is.

Every post supports a candidate by full name within the campaign: whether it is flagged hangs on
nothing but who its author is.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any, Final, NamedTuple

from streams.records import PLATFORMS, Actor, Phase, Platform, PublicPost, Watchlist
from synth import texts
from synth.actors import OUTSIDER, ActorTruth, draw_actors
from synth.population import Population
from synth.posts import Subject, instant_in, subjects_of
from synth.register import REGIONS

CAMPAIGN: Final = "campaign"


class Account(NamedTuple):
    """A registered account, by its handle in normal form."""

    platform: Platform
    handle: str


@dataclass(frozen=True, slots=True)
class AuthorPost:
    """A post, the kind of its author, and the author's registered account; None for an outsider."""

    post: PublicPost
    kind: str
    account: Account | None

    def truth(self) -> dict[str, Any]:
        """The line of the truth file."""
        platform, handle = self.account or (None, None)
        return {
            "post_id": self.post.post_id,
            "kind": self.kind,
            "platform": platform,
            "handle": handle,
        }


def draw_author_posts(
    population: Population,
    watchlist: Watchlist,
    kinds: Iterable[str],
    count: int,
    seed: int,
    progress: Callable[[int], None] = lambda _done: None,
) -> Iterator[AuthorPost]:
    """One post each by `count` authors of each kind, in random order; same arguments, same posts.

    The authors are drawn at once (`progress` hears how many), the posts one by one. Raises
    ValueError for an unknown kind, where the register has nobody who fits, and where the watchlist
    has no campaign.
    """
    occasions = _occasions(watchlist)
    if not occasions:
        raise ValueError("the watchlist has no campaign of anybody with a full name.")
    authors: list[ActorTruth] = []
    for kind in dict.fromkeys(kinds):
        authors += draw_actors(population, kind, count, seed)
        progress(len(authors))
    rng = Random(f"author posts:{seed}")
    rng.shuffle(authors)
    return _posts(population, authors, occasions, seed, rng)


def _posts(
    population: Population,
    authors: Sequence[ActorTruth],
    occasions: Sequence[tuple[Subject, Phase]],
    seed: int,
    rng: Random,
) -> Iterator[AuthorPost]:
    # Numbered in the order in which they come, so that an id says nothing of its author's kind.
    for number, author in enumerate(authors):
        subject, phase = rng.choice(occasions)
        post = _post(f"authors-{seed}-{number:07d}", author, subject, phase, rng)
        yield AuthorPost(post, author.kind, _account(population, author.account))


def _post(
    post_id: str, author: ActorTruth, subject: Subject, phase: Phase, rng: Random
) -> PublicPost:
    at = instant_in(phase, rng)
    regions = subject.contest.region_names
    return PublicPost(
        schema=1,
        post_id=post_id,
        platform=author.platform,
        action="post",
        actor=Actor(
            handle=author.handle,
            account_id=author.account_id,
            display_name=author.display_name,
            bio=author.bio,
        ),
        observed_at=at + timedelta(seconds=rng.randrange(2, 7_200)),
        source="synthetic",
        visibility="public",
        created_at=at,
        text=rng.choice(texts.SUPPORT).format(
            name=rng.choice(subject.full_names),
            place=rng.choice([town for town in REGIONS.values() if town not in regions]),
        ),
    )


def _account(population: Population, row: int) -> Account | None:
    if row == OUTSIDER:
        return None
    platform = PLATFORMS[population.account_platform[row]]
    return Account(platform, population.handles[row].as_py())


def _occasions(watchlist: Watchlist) -> list[tuple[Subject, Phase]]:
    """Every candidate with a full name, and every campaign of theirs."""
    return [
        (subject, phase)
        for subject in subjects_of(watchlist)
        if subject.full_names
        for phase in subject.contest.phases
        if phase.name == CAMPAIGN
    ]
