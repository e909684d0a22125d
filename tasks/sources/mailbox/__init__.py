"""Digests that arrive as mail: messages, mbox files, Maildir folders, a mailbox on a server."""

from tasks.sources import Container, Source
from tasks.sources.mailbox.issues import NAME, is_valid_key
from tasks.sources.mailbox.mbox import is_mbox, messages_of
from tasks.sources.mailbox.parse_message import MESSAGE

SOURCE = Source(
    name=NAME,
    formats=(MESSAGE,),
    is_valid_key=is_valid_key,
    token_variable="PAPERHOUSE_IMAP_PASSWORD",  # noqa: S106 - the name of a variable
    containers=(Container(is_mbox, messages_of),),
)
