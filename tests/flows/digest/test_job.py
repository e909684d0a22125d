"""A run of the digest answers who asked for it, whether or not the pages are served."""

from flows.digest.job import run_digest
from tests.support.digest import Post
from warehouse.requests import Requests
from warehouse.subscriber import Wishes


def ask(post: Post) -> None:
    with post.people() as store:
        Requests(store).put(
            "new@mail.example", Wishes(), origin="command", asked_from=None, now=post.now
        )


def test_who_asked_by_the_command_is_sent_the_link_to_confirm(post: Post) -> None:
    ask(post)
    for _ in range(2):
        run_digest(post.settings, clock=lambda: post.now, sleep=post.slept_s.append)
    assert post.delivered() == {"new@mail.example": 1}
    assert "https://papers.example/confirm.html?t=" in post.server.delivered[0].message.as_string()


def test_a_link_that_cannot_be_made_yet_keeps_no_digest_back(post: Post) -> None:
    ask(post)
    post.add("reader@mail.example")
    settings = post.settings
    nowhere = settings.site.model_copy(update={"url": None})
    unserved = settings.model_copy(update={"site": nowhere})
    post.now = post.now.replace(hour=7, minute=5)
    run_digest(unserved, clock=lambda: post.now, sleep=post.slept_s.append)
    assert post.delivered() == {"reader@mail.example": 1}
