import pytest

from zhiqiao.config.embedded.server_url import (
    DatabaseUrlError,
    ServerUrl,
    parse_database_url,
    without_password,
)


def test_full_address_is_read():
    url = "postgresql://clerk:p%40ss%2Fw%25rd@db.example:5433/zhiqiao?sslmode=require"

    assert parse_database_url(url) == ServerUrl(
        name="zhiqiao",
        user="clerk",
        password="p@ss/w%rd",
        host="db.example",
        port="5433",
        options={"sslmode": "require"},
    )


@pytest.mark.parametrize(
    ("url", "host", "port", "options"),
    [
        ("postgres:///zhiqiao", "", "", {}),
        ("postgresql://%2Fvar%2Frun%2Fpostgresql/zhiqiao", "/var/run/postgresql", "", {}),
        ("postgresql:///zhiqiao?host=/run/pg&port=6432", "/run/pg", "6432", {}),
        ("postgresql://[2001:db8::1]:5432/zhiqiao", "2001:db8::1", "5432", {}),
        ("postgresql://a,b:1/zhiqiao", "a,b", ",1", {}),
        (
            "postgresql://h/zhiqiao?options=-c%20work_mem%3D8MB&connect_timeout=3",
            "h",
            "",
            {"options": "-c work_mem=8MB", "connect_timeout": "3"},
        ),
    ],
)
def test_sockets_addresses_and_options_are_read(url, host, port, options):
    found = parse_database_url(url)

    assert (found.name, found.host, found.port, found.options) == ("zhiqiao", host, port, options)


@pytest.mark.parametrize(
    ("url", "rule"),
    [
        ("sqlite:///data.db", "sqlite:// is not PostgreSQL, and Zhiqiao runs on PostgreSQL only."),
        (
            "mysql://u:s3cret@h/db",
            "mysql:// is not PostgreSQL, and Zhiqiao runs on PostgreSQL only.",
        ),
        ("zhiqiao", "It is not an address, and Zhiqiao runs on PostgreSQL only."),
        ("postgresql://h", "It names no database (the word after the last slash)."),
        ("postgresql://h:banana/zhiqiao", "A port is a number from 1 to 65535."),
        ("postgresql://h:70000/zhiqiao", "A port is a number from 1 to 65535."),
        (
            "postgresql://h/zhiqiao?sslmoed=require",
            'It cannot be read: invalid URI query parameter: "sslmoed".',
        ),
        ("postgresql://u:s3cret%zz@h/zhiqiao", "It cannot be read."),
        ("postgresql://[::1/zhiqiao", "It cannot be read."),
    ],
)
def test_bad_address_is_refused_with_its_rule(url, rule):
    with pytest.raises(DatabaseUrlError) as refused:
        parse_database_url(url)

    assert refused.value.rule == rule
    assert "postgresql://user:password@host:5432/zhiqiao" in refused.value.remedy
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://u:s3c@ret@h/db", "postgresql://u:…@h/db"),
        ("postgresql://u:s3cret@h/db?password=s3cret&x=1", "postgresql://u:…@h/db?password=…&x=1"),
        ("postgresql://u@h/db", "postgresql://u@h/db"),
        ("postgresql://h:5432/db", "postgresql://h:5432/db"),
    ],
)
def test_password_is_not_shown(url, shown):
    assert without_password(url) == shown
