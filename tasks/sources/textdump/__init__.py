"""Weekly dumps of a digest as text with fields. Read from files, never fetched."""

from tasks.sources import Source
from tasks.sources.textdump.issues import is_valid_key
from tasks.sources.textdump.parse_fields import FIELDS

SOURCE = Source(
    name="textdump",
    formats=(FIELDS,),
    is_valid_key=is_valid_key,
    edition_of_name="weekly",
    example="weekly:2024-08-01",
)
