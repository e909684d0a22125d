"""One warehouse with its pages for all tests of pages; it is never changed."""

import pytest

from flows.site.build import build_site
from tests.support.pages import Built, Page, told


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """A warehouse whose titles and authors are hostile, and its pages."""
    found = Built(told(tmp_path_factory.mktemp("site") / "home"))
    build_site(found.settings)
    return found


@pytest.fixture(scope="session")
def all_pages(built: Built) -> dict[str, Page]:
    """Every page, by its place in the site."""
    return built.pages()
