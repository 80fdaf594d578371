import stat
import threading

import pytest

from zhiqiao.config.env import EnvironmentValuesError, mail_settings, read_environment


def test_defaults_need_no_variable(tmp_path):
    environment = read_environment({"XDG_DATA_HOME": str(tmp_path)})

    assert environment.home == tmp_path / "zhiqiao"
    assert environment.pack.parts[-2:] == ("packs", "cq-2023-22")
    assert environment.database_url is None
    assert environment.allowed_hosts == ("localhost", "127.0.0.1", "[::1]")
    assert (environment.debug, environment.secure, environment.port) == (False, False, 8000)


def test_given_values_are_read(tmp_path):
    environment = read_environment(
        {
            "ZHIQIAO_HOME": str(tmp_path / "home"),
            "ZHIQIAO_PACK": str(tmp_path),
            "ZHIQIAO_SECRET_KEY": "k" * 40,
            "ZHIQIAO_DEBUG": "Yes",
            "ZHIQIAO_SECURE": "1",
            "ZHIQIAO_ALLOWED_HOSTS": "board.example, .example.cn,10.0.0.1",
            "ZHIQIAO_PORT": "9000",
            "DATABASE_URL": "postgresql://h/zhiqiao",
        }
    )

    assert environment.home == tmp_path / "home"
    assert environment.pack == tmp_path
    assert environment.secret_key == "k" * 40
    assert environment.allowed_hosts == ("board.example", ".example.cn", "10.0.0.1")
    assert (environment.debug, environment.secure, environment.port) == (True, True, 9000)
    assert environment.database_url == "postgresql://h/zhiqiao"
    assert not environment.home.exists()


def test_relative_user_data_directory_is_ignored(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))

    environment = read_environment({"XDG_DATA_HOME": "here", "ZHIQIAO_SECRET_KEY": "k" * 40})

    assert environment.home == tmp_path / ".local" / "share" / "zhiqiao"


def test_all_bad_values_are_told_at_once(tmp_path):
    (tmp_path / "file").touch()

    with pytest.raises(EnvironmentValuesError) as refused:
        read_environment(
            {
                "ZHIQIAO_HOME": str(tmp_path / "file"),
                "ZHIQIAO_PACK": "/nowhere/pack",
                "DATABASE_URL": "mysql://u:s3cret@h/db",
                "ZHIQIAO_SECRET_KEY": "sh0rt",
                "ZHIQIAO_ALLOWED_HOSTS": "https://board.example,ok.example",
                "ZHIQIAO_DEBUG": "perhaps",
                "ZHIQIAO_SECURE": "2",
                "ZHIQIAO_PORT": "80 80",
            }
        )

    assert [problem.name for problem in refused.value.problems] == [
        "ZHIQIAO_HOME",
        "ZHIQIAO_PACK",
        "DATABASE_URL",
        "ZHIQIAO_SECRET_KEY",
        "ZHIQIAO_ALLOWED_HOSTS",
        "ZHIQIAO_DEBUG",
        "ZHIQIAO_SECURE",
        "ZHIQIAO_PORT",
    ]
    text = str(refused.value)
    assert text.startswith("8 environment variables cannot be used:\n")
    assert "These are not host names: https://board.example. Write names" in text
    assert "sh0rt" not in text
    assert "s3cret" not in text


@pytest.mark.parametrize("given", ["0", "65536", "-1", "8000.0", "٨٠٠٠"])
def test_bad_port_is_told(given, tmp_path):
    with pytest.raises(EnvironmentValuesError) as refused:
        read_environment({"ZHIQIAO_HOME": str(tmp_path), "ZHIQIAO_PORT": given})

    (problem,) = refused.value.problems
    assert (problem.name, problem.given) == ("ZHIQIAO_PORT", given)
    assert problem.rule == "A port is a whole number from 1 to 65535."


def test_key_is_made_once_and_only_its_owner_may_read_it(tmp_path):
    environ = {"ZHIQIAO_HOME": str(tmp_path / "home")}

    first, second = read_environment(environ), read_environment(environ)

    kept = tmp_path / "home" / "secret-key"
    assert first.secret_key == second.secret_key == kept.read_text().strip()
    assert len(first.secret_key) >= 50
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert [path.name for path in kept.parent.iterdir()] == ["secret-key"]


def test_processes_that_start_at_once_agree_on_the_key(tmp_path):
    environ = {"ZHIQIAO_HOME": str(tmp_path)}
    keys = []
    threads = [
        threading.Thread(target=lambda: keys.append(read_environment(environ).secret_key))
        for _ in range(8)
    ]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(keys) == 8
    assert len(set(keys)) == 1


def test_secrets_are_not_part_of_the_printed_form(tmp_path):
    environ = {"ZHIQIAO_HOME": str(tmp_path), "DATABASE_URL": "postgresql://u:s3cret@h/db"}

    environment = read_environment(environ)

    assert environment.secret_key not in repr(environment)
    assert "s3cret" not in repr(environment)


def test_folder_that_cannot_keep_a_key_is_told():
    with pytest.raises(EnvironmentValuesError) as refused:
        read_environment({"ZHIQIAO_HOME": "/proc/zhiqiao"})

    (problem,) = refused.value.problems
    assert problem.name == "ZHIQIAO_SECRET_KEY"
    assert problem.rule.startswith("No key is given, and none can be kept in /proc/zhiqiao/")


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("ZHIQIAO_MAIL_URL", "mail.example"),
        ("ZHIQIAO_MAIL_URL", "http://mail.example"),
        ("ZHIQIAO_SITE_URL", "zhiqiao.example"),
        ("ZHIQIAO_HOOK_URL", "ftp://gateway.example"),
        ("ZHIQIAO_SMS_URL", "ftp://gateway.example"),
    ],
)
def test_address_of_another_kind_is_told(name, given, tmp_path):
    with pytest.raises(EnvironmentValuesError) as told:
        read_environment(
            {"XDG_DATA_HOME": str(tmp_path), name: given, "ZHIQIAO_HOOK_KEY": "k" * 32}
        )

    assert [problem.name for problem in told.value.problems] == [name]


@pytest.mark.parametrize("hook", ["HOOK", "SMS"])
def test_hook_without_a_long_key_is_told(hook, tmp_path):
    given = {
        f"ZHIQIAO_{hook}_URL": "https://gateway.example/in",
        f"ZHIQIAO_{hook}_KEY": "short",
    }

    with pytest.raises(EnvironmentValuesError) as told:
        read_environment({"XDG_DATA_HOME": str(tmp_path), **given})

    assert [problem.name for problem in told.value.problems] == [f"ZHIQIAO_{hook}_KEY"]
    assert "short" not in str(told.value)


def test_password_of_the_mail_server_is_not_told(tmp_path):
    with pytest.raises(EnvironmentValuesError) as told:
        read_environment(
            {"XDG_DATA_HOME": str(tmp_path), "ZHIQIAO_MAIL_URL": "imap://me:geheim@mail.example"}
        )

    assert "geheim" not in str(told.value)


def test_mail_server_becomes_settings():
    found = mail_settings("smtps://me%40here:p%2Fw@mail.example")

    assert found["EMAIL_HOST"] == "mail.example"
    assert (found["EMAIL_PORT"], found["EMAIL_USE_SSL"], found["EMAIL_USE_TLS"]) == (
        465,
        True,
        False,
    )
    assert (found["EMAIL_HOST_USER"], found["EMAIL_HOST_PASSWORD"]) == ("me@here", "p/w")
    assert mail_settings("")["EMAIL_HOST"] == ""


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("ZHIQIAO_MAIL_URL", "smtp://u:s3cret@[h"),
        ("ZHIQIAO_MAIL_URL", "smtp://u:s3cret@h:port"),
        ("ZHIQIAO_MAIL_URL", "smtps//u:s3cret@h"),
        ("ZHIQIAO_HOOK_URL", "https://hook.example:s3cret/"),
        ("DATABASE_URL", "postgresql://u:s3cret@h:port/db"),
        ("DATABASE_URL", "postgresql://u@h:s3cret/db"),
        ("DATABASE_URL", "postgresql://u:s3cret/more@h/db"),
    ],
)
def test_address_that_cannot_be_read_is_told_in_one_line_without_its_password(
    name, given, tmp_path
):
    with pytest.raises(EnvironmentValuesError) as refused:
        read_environment({"ZHIQIAO_HOME": str(tmp_path), "ZHIQIAO_HOOK_KEY": "k" * 40, name: given})

    (problem,) = refused.value.problems
    assert problem.name == name
    assert "s3cret" not in str(refused.value)


@pytest.mark.parametrize("given", ["-1", "10", "one"])
def test_bad_number_of_proxies_is_told(given, tmp_path):
    with pytest.raises(EnvironmentValuesError) as refused:
        read_environment({"ZHIQIAO_HOME": str(tmp_path), "ZHIQIAO_TRUSTED_PROXIES": given})

    (problem,) = refused.value.problems
    assert (problem.name, problem.given) == ("ZHIQIAO_TRUSTED_PROXIES", given)


@pytest.mark.parametrize("key", ["short", "x" * 31, "密" * 32])
def test_key_of_the_figures_is_long_and_plain_and_never_shown(tmp_path, key):
    with pytest.raises(EnvironmentValuesError) as refused:
        read_environment({"ZHIQIAO_HOME": str(tmp_path), "ZHIQIAO_METRICS_KEY": key})

    (problem,) = refused.value.problems
    assert (problem.name, problem.given) == ("ZHIQIAO_METRICS_KEY", "…")
    assert key not in str(refused.value)


def test_key_of_the_figures_is_not_told_with_the_environment(tmp_path):
    environment = read_environment({"ZHIQIAO_HOME": str(tmp_path), "ZHIQIAO_METRICS_KEY": "m" * 32})

    assert (environment.metrics_key, "m" * 32 in repr(environment)) == ("m" * 32, False)
    assert read_environment({"ZHIQIAO_HOME": str(tmp_path)}).metrics_key == ""


IDENTITY = {
    "ZHIQIAO_IDENTITY_URL": "https://login.example/realm/",
    "ZHIQIAO_IDENTITY_NAME": "Education account",
    "ZHIQIAO_IDENTITY_CLIENT_ID": "zhiqiao",
    "ZHIQIAO_IDENTITY_CLIENT_SECRET": "not-for-print",
}


def test_other_system_is_read_whole_and_its_secret_is_not_printed(tmp_path):
    environment = read_environment({"ZHIQIAO_HOME": str(tmp_path), **IDENTITY})
    assert environment.identity is not None
    assert environment.identity.url == "https://login.example/realm"
    assert environment.identity.origin == "https://login.example"
    assert "not-for-print" not in repr(environment)


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("ZHIQIAO_IDENTITY_CLIENT_SECRET", ""),
        ("ZHIQIAO_IDENTITY_NAME", "x" * 41),
        ("ZHIQIAO_IDENTITY_URL", "http://login.example"),
        ("ZHIQIAO_IDENTITY_URL", "https://"),
        ("ZHIQIAO_IDENTITY_URL", "https://somebody:secret@login.example"),
        ("ZHIQIAO_IDENTITY_URL", "https://login.example/?realm=1"),
        ("ZHIQIAO_IDENTITY_URL", "https://login.example:99999"),
    ],
)
def test_other_system_half_named_is_told(name, given, tmp_path):
    with pytest.raises(EnvironmentValuesError) as caught:
        read_environment({"ZHIQIAO_HOME": str(tmp_path), **IDENTITY, name: given})
    assert [problem.name for problem in caught.value.problems] == [name]


@pytest.mark.parametrize("given", ["unix:/run/clamav/clamd.ctl", "tcp://scanner.example:3310", ""])
def test_scanner_is_a_socket_or_a_host(tmp_path, given):
    environment = read_environment({"ZHIQIAO_HOME": str(tmp_path), "ZHIQIAO_SCANNER": given})
    assert environment.scanner == given


@pytest.mark.parametrize(
    "given", ["/run/clamd.ctl", "unix://run/clamd", "http://scanner", "tcp://"]
)
def test_scanner_elsewhere_is_refused(tmp_path, given):
    with pytest.raises(EnvironmentValuesError) as caught:
        read_environment({"ZHIQIAO_HOME": str(tmp_path), "ZHIQIAO_SCANNER": given})
    (problem,) = caught.value.problems
    assert (problem.name, problem.given) == ("ZHIQIAO_SCANNER", given)
