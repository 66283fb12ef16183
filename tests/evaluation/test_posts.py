"""Posts as a platform delivers them: tags and handles listed, with their places in the text."""

from pathlib import Path

import pytest

from evaluation.posts import governor_posts, ordinary_posts, president_posts, sample


def test_tags_and_handles_are_listed_with_their_places() -> None:
    text = "@sekarwangi_p maju! #Sekar #Wangi"
    one = sample("test", 1, text)
    assert one.post.hashtags == ("Sekar", "Wangi")
    assert [account.handle for account in one.post.mentions] == ["sekarwangi_p"]
    assert {field: text[slice(*span)] for field, span in one.places.items()} == {
        "hashtags[0]": "#Sekar",
        "hashtags[1]": "#Wangi",
        "mentions[0]": "@sekarwangi_p",
    }


@pytest.mark.shared
def test_every_post_of_the_data_is_read(shared: Path) -> None:
    assert [one.number for one in governor_posts(shared)] == list(range(5_950))
    assert sum(1 for _ in president_posts(shared)) == 30_000
    ordinary = list(ordinary_posts(shared))
    assert len({(one.source, one.number) for one in ordinary}) == len(ordinary) == 13_136
    assert all(one.text.strip() for one in ordinary)
