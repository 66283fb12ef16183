"""What a cue is worth where it stands: the author's own, negated, somebody else's, asked, reported.

A cue's row names the guards it is subject to. In order:

- `tagged`: it is a hashtag of its own (`#dukung`), a topic: no cue;
- `untagged`: it is no hashtag with a candidate's name in it: no cue;
- `unnamed`: no candidate is named near it in its clause (`makanannya payah`): no cue;
- `apart`: none is named in it or right beside it (`macet, muak. Bu Risma lewat`): no cue;
- `unfollowed`: none is named right after it (`Bu Risma jangan menyerah`): no cue;
- `policy`: its clause speaks of a policy (`programnya gak jelas`): no cue;
- `others`: its subject is somebody else (`yang pilih dia`, `orang-orang milih dia`): no cue;
- `asked`: it stands in a question (`pilih siapa`, `kok milih dia`): no cue but the question's;
- `reported`: quotation, reported speech, news, of a refusal too: a `quotation` cue over the frame;
- `negated`: a negation reaches it (`bukan dukung`): no cue, or opposition where the row says so
  (`jangan pilih`, `gak bakal coblos`, `tidak layak jadi bupati`); two negations cancel each other.

A word before a verb reaches it only over words that may stand between (`TRANSPARENT`), never over
punctuation or a conjunction, and never from farther than a fixed number of words.
"""

import re
from typing import Final, Literal, NamedTuple

from matchers.cue_clauses import Clauses
from matchers.cue_patterns import DUKUNG, MENANGKAN, VOTE
from matchers.cue_words import (
    ADDRESSED,
    ANOTHER,
    ASKS,
    ASKS_AFTER,
    CALLS,
    CHOICES,
    CONDITIONS,
    CONJUNCTIONS,
    CONTESTS,
    FORMAL_OBJECTS,
    GROUPS,
    HONORIFICS,
    JUST,
    KIN,
    LINKS,
    NEGATIONS,
    NOT,
    OFFICES,
    ONLY,
    OTHERS,
    OWN,
    PEOPLE,
    PLACES,
    PLEDGES,
    POLICIES,
    POLLS,
    PURPOSE,
    REFUSALS,
    SAYS,
    STILL,
    SUBJECTS,
    TRANSPARENT,
    WILLING,
    WONDERS,
)

Guard = Literal[
    "tagged",
    "untagged",
    "unnamed",
    "apart",
    "unfollowed",
    "policy",
    "others",
    "asked",
    "negated",
    "reported",
]
NAMING: Final[frozenset[Guard]] = frozenset({"untagged", "unnamed", "apart", "unfollowed"})
"""The guards that no cue passes without a candidate within `ABOUT` words."""
Standing = Literal["own", "dropped", "negated", "refused", "reported"]

REACH: Final = 16
"""Words of its clause looked at before a cue."""
ASKING_REACH: Final = 8
SUBJECT_REACH: Final = 10
"""Posts are short of punctuation: farther back stands another sentence's subject."""
ABOUT: Final = 6
"""Words between a cue and the candidate whom it is about."""
HEADLINE: Final = 8
"""Words after a headline's verb among which its subject or contest is looked for."""

_PASSED: Final = TRANSPARENT | NEGATIONS | REFUSALS
_NEWSMAKERS: Final = SUBJECTS | GROUPS
_CROWD: Final = PEOPLE | PLACES
_VOTE: Final = re.compile(VOTE)
_BACKING: Final = re.compile(rf"{DUKUNG}|{MENANGKAN}")


class Verdict(NamedTuple):
    """How a cue stands, and the word at which what decided it begins."""

    standing: Standing
    since: int


class _Place(NamedTuple):
    """A cue's words `first` to `last` (inclusive), and the words around it in its clause."""

    start: int
    first: int
    last: int
    end: int


def standing(clauses: Clauses, first: int, last: int, guards: frozenset[Guard]) -> Verdict:
    """How the cue of words `first` to `last` (inclusive) stands in its clause."""
    words = clauses.words
    if "untagged" in guards:  # a hashtag has no grammar
        tagged = clauses.names(first, last + 1) and clauses.is_tag(first)
        return Verdict("own" if tagged else "dropped", first)
    if last >= clauses.sentence_end(first):
        return Verdict("dropped", first)
    begin, end = clauses.clause(first)
    begin = max(begin, first - REACH)
    if "tagged" in guards and end - begin == 1 and clauses.is_tag(first):
        return Verdict("dropped", first)
    if not _is_aimed(clauses, begin, first, last, end, guards):
        return Verdict("dropped", first)
    if "others" in guards and _is_others(words, begin, first):
        return Verdict("dropped", first)
    start = first  # the clause goes back to its last conjunction
    while start > begin and words[start - 1] not in CONJUNCTIONS:
        start -= 1
    place = _Place(start, first, last, end)
    if "asked" in guards and _is_asked(clauses, place):
        return Verdict("dropped", first)
    own = Verdict("own", first)
    if "negated" in guards:
        count, refused, since = _negations(words, start, first)
        if _is_another(words[last + 1 : min(end, last + 3)]):
            if not count:
                return Verdict("dropped", first)
            count += 1
        if count % 2:
            if refused and clauses.calls_for_neutrality(first):
                return Verdict("dropped", first)
            own = Verdict("refused" if refused else "negated", since)
    if "reported" in guards:
        frame = _report(clauses, place)
        if frame is not None:
            return Verdict("reported", min(frame, own.since))
    return own


def _is_aimed(
    clauses: Clauses, begin: int, first: int, last: int, end: int, guards: frozenset[Guard]
) -> bool:
    """Whether a cue that needs a candidate beside or near it has one, and no policy."""
    if "apart" in guards and not _is_beside(clauses, begin, first, last, end):
        return False
    if "unfollowed" in guards and not _is_followed(clauses, last, end):
        return False
    if "unnamed" in guards and not clauses.names(
        max(begin, first - ABOUT), min(end, last + 1 + ABOUT)
    ):
        return False
    return "policy" not in guards or not any(
        clauses.words[place].startswith(POLICIES) for place in range(begin, end)
    )


def _is_beside(clauses: Clauses, begin: int, first: int, last: int, end: int) -> bool:
    """A name in the cue, right before or right after it; titles and particles may stand between."""
    before = first - 1
    while before > max(begin, first - ABOUT) and clauses.words[before] in LINKS:
        before -= 1
    return clauses.names(max(begin, before), last + 1) or _is_followed(clauses, last, end)


def _is_followed(clauses: Clauses, last: int, end: int) -> bool:
    after = last + 1
    while after < min(end - 1, last + ABOUT) and clauses.words[after] in LINKS:
        after += 1
    return clauses.names(last + 1, min(end, after + 1))


def _is_others(words: list[str], begin: int, first: int) -> bool:
    """Whether the verb's subject or its condition is not the author's."""
    if not POLLS.isdisjoint(words[begin:first]):
        return False
    if begin < first and words[first - 1] == "wong":  # Javanese: `people`; `wong Malang` is a crowd
        return True
    for place in range(first - 1, begin - 1, -1):
        word = words[place]
        before = words[place - 1] if place > begin else ""
        if word in OWN:
            return before in KIN
        if word in OTHERS or (word in JUST and before in STILL):
            return True
        if word in CONDITIONS:
            return words[place + 1] != "bisa"
        if word in CALLS or word not in _PASSED:
            break
    return _is_conditional(words, begin, first)


def _is_conditional(words: list[str], begin: int, first: int) -> bool:
    """`kalau warga memilih dia`: nobody is told to, and nobody says to have done so."""
    for place in range(first - 1, begin - 1, -1):
        if words[place] in OWN or words[place] in CALLS:
            return False
        if words[place] in CONDITIONS:
            return words[place + 1] in ADDRESSED
    return False


def _is_asked(clauses: Clauses, place: _Place) -> bool:
    """Asked who, why or which; or whether, but for calls and polls: `dukung dia?`, `yuk pilih?`."""
    words = clauses.words
    start, first, last, end = place
    for at in range(max(start, first - ASKING_REACH), first):
        if words[at] in ASKS and words[at + 1] != "pun":
            return True
    if not WONDERS.isdisjoint(words[max(start, first - 3) : first]):
        return True
    if not ASKS_AFTER.isdisjoint(words[last + 1 : min(end, last + 3)]):
        return True
    if not CHOICES.isdisjoint(words[last + 1 : min(end, last + 5)]):
        return True
    if first == start or end - last > REACH or not clauses.asks(end):
        return False
    before = words[start:first]
    return POLLS.isdisjoint(before) and CALLS.isdisjoint(before) and before[:2] != ["kapan", "lagi"]


def _negations(words: list[str], start: int, first: int) -> tuple[int, bool, int]:
    """(how many negations reach the verb, whether one is a refusal, the first one's word)."""
    count, refused, since = 0, False, first
    for place in range(first - 1, start - 1, -1):
        word = words[place]
        if word in REFUSALS or (word == "aja" and place == start):  # Javanese `aja`: do not
            refused = True
        elif word in NEGATIONS:
            willing = place + 1 < first and words[place + 1] in WILLING
            refused = refused or (word in NOT and willing)
        elif word in ONLY:
            if place == start or words[place - 1] not in NEGATIONS:
                continue
        elif word in TRANSPARENT or word in OWN:
            continue
        else:
            break
        count += 1
        since = place
    return count, refused, since


def _is_another(after: list[str]) -> bool:
    return bool(after) and (after[0] in ANOTHER or after[-1] in ANOTHER - {"selain"})


def _report(clauses: Clauses, place: _Place) -> int | None:
    """The word at which a frame of quotation, speech or news begins; none for own words."""
    words = clauses.words
    start, first, last, end = place
    if clauses.is_quoted(first) or clauses.quotes(first):
        return first
    before = words[start:first]
    if words[first] in CALLS or not OWN.isdisjoint(before):
        return None
    if before and clauses.is_percentage(first - 1):
        return first - 1

    called = next((at for at in range(first - 1, start - 1, -1) if words[at] in CALLS), -1)
    content = any(_has_content(word) for word in before)
    headline = content and _is_headline(clauses, start, first)
    pledged = not headline and not PLEDGES.isdisjoint(before)
    for at in range(max(start, first - SUBJECT_REACH), first):
        word = words[at]
        if word in SAYS and (at > start or word.startswith("di")):
            return at
        if at > called and (
            word in SUBJECTS
            or (word in GROUPS and not pledged)
            or (word in OFFICES and at == start)
        ):
            return at

    if called >= 0:
        return None
    if not content:
        return first if _opens_headline(clauses, place) else None
    if words[first] in SAYS or (not pledged and _is_named(clauses, start, first)):
        return start
    if not PEOPLE.isdisjoint(before):
        return None
    formal = not FORMAL_OBJECTS.isdisjoint(words[last + 1 : min(end, last + 3)])
    if headline or (PLACES.isdisjoint(before) and (formal or words[first - 1] in PURPOSE)):
        return start
    return None


def _has_content(word: str) -> bool:
    return word not in _PASSED and word[0] != "@"


def _is_headline(clauses: Clauses, start: int, first: int) -> bool:
    """A verb with a capital after a subject with capitals: `Din Syamsuddin Dukung Luluk`.

    What is capitals throughout is shouted, what begins with a verb calls: neither is a headline.
    """
    if _VOTE.fullmatch(clauses.words[start]):
        return False
    capitals = sum(clauses.original(word)[0].isupper() for word in range(start, first))
    return _is_title(clauses.original(first)) and 2 * capitals > first - start


def _opens_headline(clauses: Clauses, place: _Place) -> bool:
    """`Dukung Penuh Khofifah Pengasuh Ponpes Al-Amien`: the subject, the contest comes after."""
    after = range(place.last + 1, min(place.end, place.last + 1 + HEADLINE))
    if len(after) <= HEADLINE // 2 or not _VOTE.fullmatch(clauses.words[place.first]):
        return False
    if not _is_title(clauses.original(place.first)):
        return False
    capitals = sum(clauses.original(word)[0].isupper() for word in after)
    if 4 * capitals < 3 * len(after):
        return False
    if len(after) == HEADLINE and not CONTESTS.isdisjoint(clauses.words[at] for at in after):
        return True
    return any(clauses.words[at] in _NEWSMAKERS and _is_title(clauses.original(at)) for at in after)


def _is_named(clauses: Clauses, start: int, first: int) -> bool:
    """A name comes before, told by its capital or its title: `sama saat Anies dukung Luluk`."""
    if not _BACKING.fullmatch(clauses.words[first]):
        return False
    place = first - 1
    while place > start and clauses.words[place] in TRANSPARENT:
        place -= 1
    if place > start and clauses.words[place - 1] in HONORIFICS:
        return True
    if place <= start or clauses.words[place - 1][0] == "@" or clauses.words[place] in _CROWD:
        return False
    return _is_title(clauses.original(place)) and not _is_title(clauses.original(first))


def _is_title(word: str) -> bool:
    return word[0].isupper() and not word.isupper()
