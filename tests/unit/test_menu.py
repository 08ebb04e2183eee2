from __future__ import annotations

import pytest

from picsweb.context import Item, nearest

ITEMS = [Item("OneFile questions", "/onefile/questions/"), Item("OneFile", "/onefile/"), Item("Learners", "/learners/")]


@pytest.mark.parametrize(
    ("path", "href"),
    [
        ("/onefile/questions/", "/onefile/questions/"),
        ("/onefile/runs/3/", "/onefile/"),
        ("/learners/AB12C/", "/learners/"),
        ("/account/", ""),
    ],
)
def test_one_item_is_marked_at_most(path: str, href: str) -> None:
    assert nearest(path, ITEMS) == href
