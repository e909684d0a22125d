"""What nobody loads is no news; everything else is."""

import json
from typing import Any

import pytest

from tasks.change_detection import says_the_same
from tasks.parse.model import ParsedBody
from tasks.sources.huggingface.parse_api import API
from tests.support.bodies import body, item


def listed(**changed: Any) -> dict[str, Any]:
    person = {"name": "someone", "avatarUrl": "https://example.org/1.png", "followerCount": 3}
    return {**item(), "submittedBy": person, **changed}


def says(*items: Any) -> list[ParsedBody]:
    return [API.parse(body(*items))]


BEFORE = says(listed(), item(id="2503.00001"))


def test_order_of_keys_indentation_and_what_is_not_loaded_are_no_news() -> None:
    person = {"followerCount": 4, "avatarUrl": "https://example.org/2.png", "name": "someone"}
    first = dict(reversed(listed(submittedBy=person).items()))
    text = json.dumps([first, item(id="2503.00001")], indent=3)
    assert says_the_same(BEFORE, [API.parse(text.encode())])


@pytest.mark.parametrize(
    "items",
    [
        pytest.param([listed(numComments=2), item(id="2503.00001")], id="a comment"),
        pytest.param([listed(), item(id="2503.00001", upvotes=4)], id="a vote"),
        pytest.param([listed(), item(id="2503.00001", githubStars=1)], id="a star"),
        pytest.param([item(id="2503.00001"), listed()], id="another order"),
        pytest.param([listed()], id="a paper less"),
        pytest.param([listed(), item(id="2503.00001"), item(id="2503.2")], id="a paper more"),
        pytest.param([listed(neverSeen=1), item(id="2503.00001")], id="a new field"),
        pytest.param([listed(), item(id=2503.1)], id="a record that cannot be read"),
    ],
)
def test_everything_else_is_news(items: list[Any]) -> None:
    assert not says_the_same(BEFORE, says(*items))
