"""One paper's details: the JSON object of `/api/papers/<id>`, fetched only on request.

Most papers of arXiv have no details there; the answer is then 404.
"""

from tasks.parse.json_reader import keys_of
from tasks.parse.model import ParsedBody, Raw, Span
from tasks.sources import Format
from tasks.sources.huggingface.records import body_of, load_json, loaded_paths, read_items

EXPECTS = "a JSON object with the `id` and `title` of a paper"


def recognise(content: bytes) -> bool:
    """Whether the bytes look like the details of one paper."""
    return content.lstrip(b" \t\r\n\xef\xbb\xbf")[:1] == b"{" and all(
        key in content for key in (b'"id"', b'"title"', b'"authors"')
    )


def parse(content: bytes) -> ParsedBody:
    """Read the details as an issue that lists one paper. Raises `BadBody` for anything else."""
    paper = load_json(content, EXPECTS, lambda value: {"id", "title"} <= set(keys_of(value)))
    return body_of(read_items([{"paper": paper}]), lambda place: locate(content, place))


def locate(content: bytes, _index: int) -> Raw:
    """The only record is the whole body."""
    return Raw.at(content, Span(0, len(content)))


PAPER = Format(
    "paper", 1, EXPECTS, recognise, parse, locate, loaded_paths=loaded_paths, witness="api"
)
