"""Mails written by hand, with links as newsletters send them. Nothing in them is anybody's."""

import base64
from urllib.parse import quote

IDS = ["2501.00011", "2501.00012", "2501.00013", "math/0501001"]
TITLES = ["Kites for Caf\u00e9 Robots", "Slow Lamps", "A Short Note on Gravel", "Old Knots"]
UNSUBSCRIBE = "https://click.example/unsubscribe?u=https%3A%2F%2Farxiv.org%2Fabs%2F2501.99999"


def wrapped(number: int) -> str:
    """The address of a paper, as one of four counting servers hides it."""
    address = f"https://huggingface.co/papers/{IDS[number]}"
    coded = base64.urlsafe_b64encode(f'{{"e":"{address}"}}'.encode()).decode().rstrip("=")
    return [
        f"https://click.example/c?id=7&url={quote(address, safe='')}",
        f"https://go.example/redirect/2/{coded}?s=w",
        f"https://track.example/CL0/{quote(address, safe='')}/1/0100-x/AbC=",
        f"https://urldefense.example/v3/__https://arxiv.org/abs/{IDS[3]}__;!!x",
    ][number]


HTML = f"""\
<html><head><title>Papers</title><style>a {{color: red}}</style></head><body>
<div style="display:none">Three papers to read today\u200b\u200b\u200b</div>
<p>Hello reader, here is what we read this week. It was a long week and a good one, with more
papers than usual. We hope that you enjoy them as much as we did, and write back.</p>
<table><tr><td><h2><a href="{wrapped(0)}">Kites for Caf&eacute;
   Robots</a></h2><p>May 3 &middot; 12 upvotes</p></td></tr>
<tr><td><h2><a href="{wrapped(1)}">Slow Lamps</a></h2><p>4 authors</p>
<a href="{wrapped(1)}">Read more</a></td></tr></table>
<div><a href="{wrapped(2)}"><b>A Short Note</b> on Gravel</a></div>
<div><a href="{wrapped(3)}">Old Knots</a></div>
<p><a href="https://sponsor.example/">A word from our kind sponsor</a></p>
<p>You get this at reader@home.example. <a href="{UNSUBSCRIBE}">Unsubscribe</a></p></body></html>
"""

HEADERS = """\
Received: from mx.example by home.example; Tue, 5 May 2026 08:00:01 +0000
From: =?utf-8?q?The_Caf=C3=A9?= <editor@cafe.example>
To: reader@home.example
Subject: =?utf-8?b?UGFwZXJzIG9mIHRoZSB3ZWVrIOKYlQ==?=
Date: Tue, 05 May 2026 09:30:00 +0200
Message-ID: <abc-1@cafe.example>
List-Id: Papers of the week <weekly.cafe.example>
List-Unsubscribe: <https://cafe.example/unsubscribe/123>
MIME-Version: 1.0
"""


def mail(body: str = HTML, *, headers: str = HEADERS, charset: str = "utf-8") -> bytes:
    """A mail of a plain and an HTML part beside a picture; the HTML is in base64."""
    coded = base64.encodebytes(body.encode(charset, errors="xmlcharrefreplace")).decode()
    return (
        f'{headers}Content-Type: multipart/mixed; boundary="outer"\n\npreamble\n--outer\n'
        'Content-Type: multipart/alternative; boundary="in=ner"\n\n--in=ner\n'
        "Content-Type: text/plain; charset=us-ascii\n\nRead this with a browser.\n\n--in=ner\n"
        f"Content-Type: text/html; charset={charset}\nContent-Transfer-Encoding: base64\n\n"
        f"{coded}\n--in=ner--\n--outer\nContent-Type: image/png\n"
        'Content-Disposition: attachment; filename="a.png"\nContent-Transfer-Encoding: base64\n\n'
        "iVBORw0KGgo=\n--outer--\n"
    ).encode()


def plain_mail(text: str, *, headers: str = HEADERS) -> bytes:
    """A mail that is one text in quoted-printable, with its lines folded."""
    quoted = text.encode().replace(b"=", b"=3D").decode("latin-1")
    coded = "".join(c if ord(c) < 128 else f"={ord(c):02X}" for c in quoted)
    folded = "\n".join("=\n".join(_cut(line)) for line in coded.split("\n"))
    return (
        f"{headers}Content-Type: text/plain; charset=utf-8\n"
        f"Content-Transfer-Encoding: quoted-printable\n\n{folded}\n"
    ).encode()


def _cut(line: str) -> list[str]:
    """Pieces of at most 60 characters, none ending within a code."""
    pieces: list[str] = []
    while len(line) > 60:
        end = 60 - (2 if line[58] == "=" else 1 if line[59] == "=" else 0)
        pieces.append(line[:end])
        line = line[end:]
    return [*pieces, line]
