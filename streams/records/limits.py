"""The limit of every field, in one place. Lengths are code points; lists are items."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

MAX_LIST = 256
MAX_HANDLE = 128
MAX_TEXT = 65_536

Ident = Annotated[str, Meta(min_length=1, max_length=256)]
"""A platform's or our own identifier."""
Handle = Annotated[str, Meta(min_length=1, max_length=MAX_HANDLE)]
Label = Annotated[str, Meta(max_length=256)]
"""A display name, a candidate's name, the name of a place or a source."""
Note = Annotated[str, Meta(max_length=2_048)]
"""A bio, a reason, a rule's wording."""
Text = Annotated[str, Meta(max_length=MAX_TEXT)]
Url = Annotated[str, Meta(max_length=2_048)]
Hashtag = Annotated[str, Meta(min_length=1, max_length=256)]
Code = Annotated[str, Meta(min_length=1, max_length=64)]
"""A short code of our own: a rule, a region, a unit."""
Instant = Annotated[datetime, Meta(tz=True)]
"""A time with its zone, RFC 3339; a bare date or a naive time is refused."""
Basis = Annotated[int, Meta(ge=0, le=10_000)]
"""A probability or similarity in parts per 10,000, so that bytes never depend on float printing."""
Sequence = Annotated[int, Meta(ge=0)]
Sha256 = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
