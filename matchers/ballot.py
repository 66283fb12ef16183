"""Who stands on which line of a ballot: candidates are listed by person, numbers and parties by
line."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import chain

from matchers.names import canonical_name
from streams.records import BallotPair, Contest


def lines_with_candidates(contest: Contest) -> Iterator[tuple[BallotPair, tuple[str, ...]]]:
    """Each line with the ids of its candidates, in the order of its names.

    Names are compared as printed, else without titles and case. Of namesakes the first line gets
    the candidate who is listed first, the next line the next; a name of nobody is left out.
    """
    printed: defaultdict[str, list[str]] = defaultdict(list)
    for one in contest.candidates:
        printed[one.ballot_name].append(one.id)
    wanted = frozenset(chain.from_iterable(pair.names for pair in contest.ballot))
    otherwise: defaultdict[str, list[str]] = defaultdict(list)
    for name, ids in printed.items():
        if name not in wanted:  # written otherwise, the titles perhaps
            otherwise[canonical_name(name)] += ids
    for pair in contest.ballot:
        found: list[str] = []
        for name in pair.names:
            ids = printed.get(name, [])
            if not ids and otherwise:
                ids = otherwise.get(canonical_name(name), [])
            if ids:
                found.append(ids.pop(0))
        yield pair, tuple(found)
