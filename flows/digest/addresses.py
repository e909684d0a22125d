"""Addresses of people, in one spelling: what mail servers take for the same is the same text.

Checked by email-validator without a look-up in the DNS: that would tell a server whom somebody
typed into the form. Nothing passes that could end a header's line or mean more than one address.
"""

from email_validator import EmailNotValidError, validate_email

from schemas.errors import UsageError

_LONGEST = 254
"""Characters of an address (RFC 5321, 4.5.3.1.3)."""
_FORMULA = "=+-|%"
"""No address that somebody uses begins so; a spreadsheet or a shell takes it for a command."""


class BadAddress(UsageError):
    """A text is no address that mail can be sent to. The message does not repeat the text, since
    messages are logged."""


def normalised(text: str) -> str:
    """An address in the one spelling it is stored in: the domain in small letters and as the DNS
    has it (`xn--…`), the part before the @ as it was given. Blanks around it do not matter.

    The domain is in ASCII because programs do not agree on how to write others so: Python's own
    `idna` sends what is for straße.de to strasse.de.

    Raises `BadAddress`.
    """
    given = text.strip(" ")
    if not given:
        raise BadAddress("there is no address")
    if len(given) > _LONGEST:
        raise BadAddress(f"an address has at most {_LONGEST} characters")
    if not given.isprintable() or given[0] in _FORMULA:
        raise BadAddress("the address has a character that no address has there")
    try:
        checked = validate_email(given, check_deliverability=False, strict=True)
    except EmailNotValidError as error:
        raise BadAddress(str(error).rstrip(".")) from error
    return f"{checked.local_part}@{checked.ascii_domain}"


def shown(address: str) -> str:
    """A normalised address for people: an international domain in its own script."""
    try:
        return validate_email(address, check_deliverability=False).normalized
    except EmailNotValidError:  # the rules of the library may change
        return address
