"""Where a shared lake is, and that nothing secret is part of what is said about it."""

import pytest

from flows.settings import Settings
from warehouse.lake.ducklake.address import Access, LakeUnreachable, parse_address, redacted
from warehouse.storage.home import SharedLake

CATALOG = "dbname=paperhouse host=db.example.org user=paperhouse"
LAKE = f"ducklake:postgres:{CATALOG}"
KEYS = {"AWS_ACCESS_KEY_ID": "key-of-the-test", "AWS_SECRET_ACCESS_KEY": "secret-of-the-test"}


def test_a_lake_is_a_catalog_and_a_place_for_its_files() -> None:
    address = parse_address(LAKE, "s3://bucket/some/folder/")
    assert (address.catalog, address.data) == (CATALOG, "s3://bucket/some/folder")
    assert address.folder == "bucket/some/folder"


@pytest.mark.parametrize(
    ("lake", "data", "told"),
    [
        ("sqlite:lake.db", "s3://bucket", "`ducklake:"),
        ("ducklake:postgres://user@host/db", "s3://bucket", "`local`"),
        (f"{LAKE} password=hush", "s3://bucket", "PGPASSWORD"),
        (LAKE, None, "PAPERHOUSE_LAKE_DATA=s3://bucket/folder"),
        (LAKE, "/srv/lake", "PAPERHOUSE_LAKE_DATA=s3://bucket/folder"),
        (LAKE, "s3://key@bucket/folder", "PAPERHOUSE_LAKE_DATA=s3://bucket/folder"),
        (LAKE, "s3://bucket/folder?x", "PAPERHOUSE_LAKE_DATA=s3://bucket/folder"),
        (
            LAKE,
            "s3://bucket/issue_month=2020-01/lake",
            "for a partition; name another",
        ),
        (LAKE, "s3://bucket/a/paper_month=x", "for a partition; name another folder in PAPERHOUSE"),
        (LAKE, "s3://bucket/a#b", "a name with # for a pattern or the end of an address"),
        (LAKE, "s3://bucket/[a]", "a name with [ for a pattern"),
        (LAKE, "s3://bucket/a*b", "a name with * for a pattern"),
        (LAKE, "s3://bucket/a\\b", "a name with \\ for a pattern"),
    ],
)
def test_a_setting_that_is_no_lake_is_refused_with_what_to_write(
    lake: str, data: str | None, told: str
) -> None:
    with pytest.raises(ValueError, match=r"lake|password|place") as refused:
        Settings(lake=lake, lake_data=data)
    assert told in str(refused.value)


@pytest.mark.parametrize("folder", ["env=prod", "a b", "a%20b", "{a}", "b/issue_months=1", "\xfc"])
def test_a_folder_that_ducklake_reads_as_it_is_may_have_any_name(folder: str) -> None:
    assert parse_address(LAKE, f"s3://bucket/{folder}").data == f"s3://bucket/{folder}"


def test_without_a_setting_the_lake_is_in_the_home() -> None:
    assert Settings().warehouse().shared is None
    assert Settings(lake=LAKE, lake_data="s3://b").warehouse().shared == SharedLake(
        CATALOG, "s3://b"
    )


def test_the_keys_of_the_storage_come_from_the_environment_and_are_not_shown() -> None:
    with pytest.raises(LakeUnreachable, match="need AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"):
        Access.from_environment({"AWS_ACCESS_KEY_ID": "alone"})
    access = Access.from_environment(KEYS | {"AWS_ENDPOINT_URL": "http://127.0.0.1:9000"})
    assert "secret-of-the-test" not in repr(access)
    assert "ENDPOINT '127.0.0.1:9000'" in access.secret_statement()
    assert "USE_SSL 'false'" in access.secret_statement()


def test_what_a_driver_says_is_told_in_one_line_without_what_is_secret() -> None:
    environment = KEYS | {"PGPASSWORD": "hush-hush"}
    said = redacted(ValueError("no entry for\n hush-hush with secret-of-the-test"), environment)
    assert said == "no entry for *** with ***"
