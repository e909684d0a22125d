"""The templates of mails. What is put into HTML is escaped, and what is not given is an error."""

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape


@cache
def templates() -> Environment:
    """The templates of `flows/digest/templates/`."""
    return Environment(
        autoescape=select_autoescape(("html",)),
        loader=PackageLoader("flows.digest"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
