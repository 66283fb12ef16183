"""What each platform allows, case by case, and that one handle has one form."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from matchers.handles import RULES, normalise
from streams.records import PLATFORMS


@pytest.mark.parametrize(
    ("platform", "raw", "handle"),
    [
        ("x", "budi_88", "budi_88"),
        ("x", "@Budi_88", "budi_88"),
        ("x", " @budi\u200e ", "budi"),
        ("x", "https://twitter.com/Budi_88?lang=id", "budi_88"),
        ("x", "x.com/Budi_88/status/17", "budi_88"),
        ("x", "https://mobile.twitter.com/budi", "budi"),
        ("x", "abcdefghijklmno", "abcdefghijklmno"),
        ("x", "abcdefghijklmnop", None),
        ("x", "budi.s", None),
        ("x", "https://x.com/search?q=budi", None),
        ("x", "https://x.com/i/status/1", None),
        ("x", "https://evil.example/budi", None),
        ("x", "ftp://x.com/budi", None),
        ("x", "https://[x.com/budi", None),
        ("x", "\u212aelvin", None),  # the Kelvin sign: lowering makes it an ordinary k
        ("x", "", None),
        ("x", "@", None),
        ("instagram", "Budi.S", "budi.s"),
        ("instagram", "https://www.instagram.com/Budi.S/?igsh=MWQ", "budi.s"),
        ("instagram", "https://www.instagram.com/stories/budi.s/31", "budi.s"),
        ("instagram", "https://www.instagram.com/p/Cx1/", None),
        ("instagram", ".budi", None),
        ("instagram", "budi.", None),
        ("instagram", "bu..di", None),
        ("instagram", "a" * 30, "a" * 30),
        ("instagram", "a" * 31, None),
        ("threads", "https://www.threads.net/@Budi.S", "budi.s"),
        ("threads", "https://www.threads.com/@budi.s/post/1", "budi.s"),
        ("threads", "https://www.threads.com/budi.s", None),
        ("facebook", "Budi.S.88", "budis88"),
        ("facebook", "https://web.facebook.com/budi.s?ref=1", "budis"),
        ("facebook", "https://m.facebook.com/profile.php?id=100012&v=info", "100012"),
        ("facebook", "https://www.facebook.com/profile.php", None),
        ("facebook", "https://www.facebook.com/people/Budi-S/100012/", "100012"),
        ("facebook", "https://www.facebook.com/groups/12", None),
        ("facebook", "budi_s", None),
        ("facebook", "...", None),
        ("tiktok", "https://www.tiktok.com/@Budi.S/video/7", "budi.s"),
        ("tiktok", "budi.", None),
        ("tiktok", "b", None),
        ("tiktok", "b" * 25, None),
        ("youtube", "https://www.youtube.com/@Budi-S/videos", "budi-s"),
        ("youtube", "@BudiS", "budis"),
        ("youtube", "youtube.com/@%D0%91%D1%83%D0%B4%D0%B8", "буди"),
        ("youtube", "budi-", None),
        ("youtube", "bu", None),
        ("youtube", "https://youtube.com/channel/UC123", None),
        ("bluesky", "@Budi.bsky.social", "budi.bsky.social"),
        ("bluesky", "https://bsky.app/profile/budi.example.id/post/3k", "budi.example.id"),
        ("bluesky", "budi", None),
        ("bluesky", "handle.invalid", None),
        ("bluesky", "did:plc:abc", None),
        ("bluesky", "-budi.bsky.social", None),
        ("bluesky", "budi.1social", None),
        ("mastodon", "@Budi@Kita.id", "budi@kita.id"),
        ("mastodon", "https://Kita.id/@Budi", "budi@kita.id"),
        ("mastodon", "https://kita.id/@budi@lain.org", "budi@lain.org"),
        ("mastodon", "https://kita.id/users/budi", "budi@kita.id"),
        ("mastodon", "budi@bücher.example", "budi@xn--bcher-kva.example"),
        ("mastodon", "budi", None),
        ("mastodon", ".budi@kita.id", None),
        ("mastodon", "budi@kita", None),
        ("myspace", "budi", None),
    ],
)
def test_each_form_of_a_handle(platform: str, raw: str, handle: str | None) -> None:
    assert normalise(platform, raw) == handle


def test_every_platform_has_a_rule() -> None:
    assert tuple(sorted(RULES)) == tuple(sorted(PLATFORMS))


_LIKE_HANDLES = st.text(alphabet="aBz09_.-@/·ÄßİKſ\u0345\u0301 ", max_size=40)


@given(st.sampled_from(PLATFORMS), _LIKE_HANDLES | st.text(max_size=40))
@example("youtube", "ΐΐΐ")
@example("youtube", "İİİ")
def test_normalising_twice_is_normalising_once(platform: str, raw: str) -> None:
    once = normalise(platform, raw)
    if once is not None:
        assert normalise(platform, once) == once


@given(st.sampled_from(PLATFORMS), _LIKE_HANDLES)
def test_letter_case_and_a_leading_at_never_matter(platform: str, raw: str) -> None:
    handle = normalise(platform, raw)
    if handle is not None and handle.isascii():
        assert normalise(platform, f"@{handle.upper()}") == handle
