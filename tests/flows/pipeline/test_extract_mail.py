"""Mails into the warehouse: from files, mbox, Maildir, and a real IMAP server that is only read."""

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from flows.pipeline.captures import LandedCapture, landed_captures
from flows.pipeline.extract_mail import _readable, fetch_mail
from flows.pipeline.intake import files_below, land_files
from flows.pipeline.report import RunReport
from flows.pipeline.run import running
from flows.settings import BadSettings, Settings, load_settings
from schemas.ops import FETCHES
from tasks.parse.model import IssueRef
from tests.support.bodies import ABSTRACT, body, item
from tests.support.imap import PASSWORD, USER, MailServer, mail_server
from tests.support.mails import HEADERS, IDS, mail, plain_mail
from tests.support.saved import LINKS, MARKDOWN
from tests.support.tls import tls_front
from tests.support.warehouse import Warehouse
from warehouse.ledger import open_ledger
from warehouse.storage.landing import Landing

pytestmark = pytest.mark.slow

NOW = datetime(2026, 5, 6, 6, tzinfo=UTC)
LETTER = plain_mail("See you at noon.\n", headers=HEADERS.replace("<abc-1", "<abc-3"))
SECOND = mail(headers=HEADERS.replace("<abc-1", "<abc-2").replace("05 May", "04 May"))


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    return Warehouse(tmp_path / "home")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with mail_server(tmp_path_factory.mktemp("imap")) as started:
        yield started


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PAPERHOUSE_IMAP_PASSWORD", PASSWORD)


def night(
    warehouse: Warehouse, port: int, folder: str, **imap: object
) -> tuple[list[str], RunReport]:
    """One run that takes mail: the issues it would load, and its report."""
    told = {"host": "127.0.0.1", "port": port, "user": USER, "folder": folder, **imap}
    told.setdefault("security", "starttls")
    settings = Settings(
        home=warehouse.home, sources={"mailbox": {"imap": told, "since": "2020-01-01"}}
    )
    with running(warehouse.paths, "nightly", run_id="r1", clock=lambda: NOW) as run:
        landed = fetch_mail(run, settings)
    return sorted(str(item.issue) for item in landed), run.report()


def take(warehouse: Warehouse, *paths: Path) -> tuple[list[LandedCapture], RunReport]:
    """One run that takes files."""
    with running(warehouse.paths, "ingest", run_id="r1", clock=lambda: NOW) as run:
        landed = list(land_files(run, files_below(paths)))
    return landed, run.report()


def outcomes(report: RunReport) -> list[str]:
    return sorted(outcome.outcome for outcome in report.outcomes)


def test_a_folder_is_read_once_and_left_as_it_was(
    warehouse: Warehouse, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    server.fill("once", mail(), LETTER, SECOND)
    before = server.flags("once")
    issues, report = night(warehouse, server.port, "once")
    assert [issue.rpartition(":")[0] for issue in issues] == ["mailbox:weekly.cafe.example"] * 2
    assert outcomes(report) == ["broken"]
    assert server.flags("once") == before
    assert len({capture_record.origin for capture_record in warehouse.capture_records()}) == 3
    assert night(warehouse, server.port, "once")[0] == []
    assert len(warehouse.capture_records()) == 3


def test_a_mail_known_from_a_file_is_no_other_capture_and_is_not_asked_for_again(
    warehouse: Warehouse, server: MailServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    (tmp_path / "a.eml").write_bytes(mail().replace(b"\n", b"\r\n"))
    [known], _ = take(warehouse, tmp_path / "a.eml")
    server.fill("known", mail())
    assert night(warehouse, server.port, "known")[0] == [str(known.issue)]
    assert night(warehouse, server.port, "known")[0] == []
    with running(warehouse.paths, "replay", run_id="r2", clock=lambda: NOW) as run:
        assert list(landed_captures(run.landing).values()) == [known]


def test_no_more_mails_than_allowed_are_taken_in_one_run(
    warehouse: Warehouse, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    server.fill("many", mail(), SECOND)
    nights = [night(warehouse, server.port, "many", max_messages=1)[0] for _ in range(3)]
    assert [len(issues) for issues in nights] == [1, 1, 0]
    assert nights[0] != nights[1]


def test_tls_from_the_start_is_spoken_and_a_certificate_is_checked(
    warehouse: Warehouse, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.fill("tls", mail())
    with tls_front(server.certificate, server.key, server.port) as port:
        _, refused = night(warehouse, port, "tls", security="tls")
        assert "certificate" in (refused.fault_line() or "")
        monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
        assert len(night(warehouse, port, "tls", security="tls")[0]) == 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"folder": "no such"}, "there is no folder 'no such'"),
        ({"user": "nobody"}, "nobody may not log in"),
        ({"port": 1}, "no connection to 127.0.0.1:1"),
    ],
)
def test_what_goes_wrong_is_an_outcome_and_says_what(
    warehouse: Warehouse,
    server: MailServer,
    monkeypatch: pytest.MonkeyPatch,
    change: dict[str, Any],
    said: str,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(server.certificate))
    told = {"port": server.port, "folder": "INBOX", **change}
    issues, report = night(warehouse, **told)
    assert (issues, outcomes(report)) == ([], ["unfetched"])
    assert said in (report.fault_line() or "")
    assert PASSWORD not in str(report.lines())
    with open_ledger(warehouse.home / "ledger.sqlite") as ledger:
        [row] = ledger.rows(FETCHES)
    assert (row["source"], said in row["error"]) == ("mailbox", True)


def test_a_missing_password_is_named_by_its_variable(
    warehouse: Warehouse, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PAPERHOUSE_IMAP_PASSWORD")
    _, report = night(warehouse, server.port, "INBOX")
    assert "PAPERHOUSE_IMAP_PASSWORD" in (report.fault_line() or "")


def test_a_mail_is_only_peeked_at_after_its_size_and_lists_in_pieces_are_read_whole(
    warehouse: Warehouse,
) -> None:
    """A server that lists mails in two answers, of which one is too large; its bytes are odd."""
    odd = mail().replace(b"\r\n", b"\n") + b"\xff\x00 odd \r end"
    answers = {
        b"CAPABILITY": [b"* CAPABILITY IMAP4rev1 AUTH=PLAIN"],
        b"AUTHENTICATE PLAIN": [b"+ "],
        b"EXAMINE": [b"* 2 EXISTS", b"* OK [UIDVALIDITY 7] valid"],
        b"UID SEARCH": [b"* SEARCH 3", b"* SEARCH 9"],
        b"UID FETCH 3 (RFC822.SIZE)": [b"* 1 FETCH (UID 3 RFC822.SIZE 1000)"],
        b"UID FETCH 3 (BODY.PEEK[] ": [b"* 1 FETCH (UID 3 BODY[] {%d}\r\n%b)" % (len(odd), odd)],
        b"UID FETCH 9 (RFC822.SIZE)": [b"* 2 FETCH (UID 9 RFC822.SIZE 999000111)"],
        b"LOGOUT": [b"* BYE"],
    }
    with socket.create_server(("127.0.0.1", 0)) as listening:
        asked: list[bytes] = []
        thread = threading.Thread(target=answer, args=(listening, answers, asked), daemon=True)
        thread.start()
        port = listening.getsockname()[1]
        _, report = night(warehouse, port, "Entw\u00fcrfe", security="none", user="r\u00e9ader")
        thread.join(timeout=10)
    assert [command for command in asked if command not in (b"CAPABILITY", b"LOGOUT")] == [
        b"AUTHENTICATE PLAIN",
        b'EXAMINE "Entw&APw-rfe"',
        b"UID SEARCH (SINCE 1-Jan-2020)",
        b"UID FETCH 3 (RFC822.SIZE)",
        b"UID FETCH 3 (BODY.PEEK[] UID FLAGS RFC822.SIZE)",
        b"UID FETCH 9 (RFC822.SIZE)",
    ]
    [record] = warehouse.capture_records()
    assert Landing(warehouse.paths.landing).read(record) == odd
    assert "999,000,111 bytes" in str(report.lines())


@pytest.mark.parametrize(
    ("setting", "name"),
    [
        ("INBOX", "INBOX"),
        ("Entw\u00fcrfe", "Entw\u00fcrfe"),
        ("Entw&APw-rfe", "Entw\u00fcrfe"),
        ("A&-B", "A&B"),
        ("A&B", "A&B"),
        ("R&D-x", "R&D-x"),
    ],
)
def test_a_folder_may_be_named_as_people_read_it_or_as_imap_writes_it(
    setting: str, name: str
) -> None:
    assert _readable(setting) == name


def answer(listening: socket.socket, answers: dict[bytes, list[bytes]], asked: list[bytes]) -> None:
    """Be the server of one client; each command is answered by how it begins."""
    client, _ = listening.accept()
    with client, client.makefile("rwb") as lines:
        lines.write(b"* OK ready\r\n")
        lines.flush()
        for line in lines:
            tag, _, command = line.strip().partition(b" ")
            asked.append(command)
            found = next(told for begin, told in answers.items() if command.startswith(begin))
            lines.writelines(one + b"\r\n" for one in found)
            if found[0].startswith(b"+"):
                lines.flush()
                lines.readline()
            lines.write(tag + b" OK done\r\n")
            lines.flush()


def test_a_password_in_the_clear_is_for_loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    prefix = "PAPERHOUSE_SOURCES__MAILBOX__IMAP__"
    for name, value in {"HOST": "mail.example", "USER": "x", "SECURITY": "none"}.items():
        monkeypatch.setenv(prefix + name, value)
    with pytest.raises(BadSettings, match=r"mail\.example in the clear"):
        load_settings()
    monkeypatch.setenv(f"{prefix}HOST", "127.0.0.1")
    assert load_settings().source("mailbox").imap is not None


def test_an_mbox_and_a_maildir_are_taken_mail_by_mail(warehouse: Warehouse, tmp_path: Path) -> None:
    separator = b"From reader Tue May  5 09:30:00 2026\n"
    quoted = LETTER.replace(b"See you", b"\n>From now on, see you")
    box = tmp_path / "box"
    box.write_bytes(b"\n".join(separator + one for one in (mail(), quoted, SECOND)))
    landed, report = take(warehouse, box)
    assert len(landed) == 2
    assert [outcome.issue_id for outcome in report.outcomes] == [f"{box}#2"]
    for folder in ("cur", "new", "tmp"):
        (tmp_path / "Maildir" / folder).mkdir(parents=True)
    (tmp_path / "Maildir" / "new" / "1.a.host").write_bytes(mail())
    (tmp_path / "Maildir" / "cur" / "2.b.host:2,S").write_bytes(SECOND)
    (tmp_path / "Maildir" / "tmp" / "3.c.host").write_bytes(mail()[:300])
    (tmp_path / "Maildir" / "index.cache").write_bytes(b"\x00")
    again, report = take(warehouse, tmp_path / "Maildir")
    assert {item.sha256 for item in again} == {item.sha256 for item in landed}
    assert (report.outcomes, len(warehouse.capture_records())) == ((), 3)


def test_an_mbox_is_no_single_issue(warehouse: Warehouse, tmp_path: Path) -> None:
    box = tmp_path / "box"
    box.write_bytes(b"From reader Tue May  5 09:30:00 2026\n" + mail())
    given = IssueRef.parse("mailbox:a:000000000000")
    with running(warehouse.paths, "ingest", run_id="r1", clock=lambda: NOW) as run:
        assert list(land_files(run, [box], given=given)) == []
    assert "--as names one" in (run.report().fault_line() or "")


def test_a_mail_is_dated_by_its_header_and_refused_when_that_is_in_the_future(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    (tmp_path / "a.eml").write_bytes(mail())
    today = HEADERS.replace("05 May 2026", "06 May 2026").replace("<abc-1", "<abc-8")
    (tmp_path / "b.eml").write_bytes(mail(headers=today))
    later = HEADERS.replace("05 May 2026", "05 May 2036").replace("<abc-1", "<abc-9")
    (tmp_path / "c.eml").write_bytes(mail(headers=later))
    landed, report = take(warehouse, tmp_path)
    seen = [(str(item.issue.issued_on), item.captured_at.replace(microsecond=0)) for item in landed]
    assert seen == [("2026-05-05", datetime(2026, 5, 5, 7, 30, tzinfo=UTC)), ("2026-05-06", NOW)]
    assert "one dated 2036-05-05" in (report.fault_line() or "")


def test_the_tables_hold_no_address_and_no_link_for_leaving(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    (tmp_path / "a.eml").write_bytes(mail())
    (tmp_path / "letter.eml").write_bytes(b"Return-Path: <reader@home.example>\n" + LETTER)
    warehouse.ingest(tmp_path / "a.eml", tmp_path / "letter.eml", at=NOW)
    assert str(warehouse.value("SELECT issued_on FROM core.issues")) == "2026-05-05"
    for path in (warehouse.file, warehouse.home / "ledger.sqlite"):
        content = path.read_bytes()
        for private in (b"editor@", b"reader@", b"unsubscribe"):
            assert private not in content, (path, private)


def test_the_same_paper_from_different_digests_is_one_paper(
    warehouse: Warehouse, tmp_path: Path
) -> None:
    first, second, third = IDS[:3]
    of_the_page = "LanternNet: Finding Lost Umbrellas with Very Small Models"
    files = {
        "2026-05-05.json": body(
            item(id=first, title="Kites for Caf\u00e9 Robots"), item(id=third, title="Gravel")
        ),
        "letter.eml": mail(),
        "list.txt": LINKS.replace("2505.00011", first).encode(),
        "page.md": MARKDOWN.replace("2505.00011", second).encode(),
        "bare.txt": f"Daily Papers\n\n{of_the_page}\n\n{ABSTRACT}\n".encode(),
        "dump_2026-05-05.txt": (
            f"Title: Kites\nPDF: https://arxiv.org/pdf/{first}v4\nSummary: {ABSTRACT}\n---\n"
        ).encode(),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    report = warehouse.ingest(*(tmp_path / name for name in files), at=NOW)
    assert outcomes(report) == ["settled"] * 6
    listed = warehouse.rows(
        "SELECT l.paper_id, count(DISTINCT i.source) AS n FROM core.listings AS l "
        "JOIN core.issues AS i USING (issue_id) GROUP BY ALL ORDER BY n DESC, l.paper_id"
    )
    by_paper = {row["paper_id"]: row["n"] for row in listed}
    assert (by_paper[first], by_paper[second], by_paper[third]) == (4, 2, 2)
    assert not any(paper.startswith("title:") for paper in by_paper)
    assert warehouse.value("SELECT count(*) = count(DISTINCT paper_id) FROM core.papers")
