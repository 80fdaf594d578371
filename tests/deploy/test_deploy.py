"""The shipped files of operation: read by the programs for which they are written."""

import re
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.test import Client
from django.utils import timezone

from zhiqiao.config.env import read_environment
from zhiqiao.core import files, marks
from zhiqiao.core.imports.choices import MAX_BYTES
from zhiqiao.core.jobs import queue

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
NGINX = (DEPLOY / "nginx" / "zhiqiao.conf").read_text(encoding="utf-8")
UNITS = sorted((DEPLOY / "systemd").iterdir())
SERVICES = [path for path in UNITS if path.suffix == ".service"]


def variables(name):
    lines = (DEPLOY / name).read_text(encoding="utf-8").splitlines()
    found = [re.fullmatch(r"#?([A-Z_]+)=(.*)", line) for line in lines]
    return {match[1]: match[2] for match in found if match}


def test_example_of_the_environment_names_every_variable():
    read = set(
        re.findall(
            r'"((?:ZHIQIAO|DATABASE)_[A-Z_]+)"', (ROOT / "src/zhiqiao/config/env.py").read_text()
        )
    )

    assert set(variables("zhiqiao.env.example")) == read


def test_example_of_the_environment_is_accepted_as_it_stands(tmp_path):
    given = variables("zhiqiao.env.example") | {"ZHIQIAO_PACK": "", "ZHIQIAO_DATABASE_ROLE": ""}
    environment = read_environment({**given, "ZHIQIAO_HOME": str(tmp_path)})

    assert (environment.secure, environment.trusted_proxies, environment.debug) == (True, 1, False)
    assert "127.0.0.1" in environment.allowed_hosts


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="systemd is not installed")
def test_units_are_what_systemd_reads(tmp_path):
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/zhiqiao/bin/zhiqiao", "/bin/true")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


@pytest.mark.parametrize("unit", SERVICES, ids=lambda path: path.stem)
def test_services_give_up_every_right_they_do_not_need(unit):
    lines = set(unit.read_text(encoding="utf-8").splitlines())

    assert {
        "User=zhiqiao",
        "NoNewPrivileges=yes",
        "CapabilityBoundingSet=",
        "ProtectSystem=strict",
        "ProtectHome=yes",
        "PrivateTmp=yes",
        "SystemCallFilter=@system-service",
    } <= lines


def test_worker_has_time_to_put_its_job_back():
    text = (DEPLOY / "systemd" / "zhiqiao-worker.service").read_text(encoding="utf-8")
    seconds = int(re.search(r"TimeoutStopSec=(\d+)", text)[1])

    assert seconds > queue.SECONDS_TO_FINISH + 5


@pytest.mark.skipif(not shutil.which("nginx"), reason="nginx is not installed")
def test_configuration_of_the_proxy_is_what_nginx_reads(tmp_path):
    certificate, key = self_signed(tmp_path)
    text = NGINX.replace("/etc/ssl/zhiqiao/fullchain.pem", str(certificate))
    text = text.replace("/etc/ssl/zhiqiao/privkey.pem", str(key))
    text = text.replace("/var/cache/nginx/zhiqiao", str(tmp_path / "cache"))
    text = text.replace("/var/log/nginx/zhiqiao.log", str(tmp_path / "access.log"))
    (tmp_path / "zhiqiao.conf").write_text(text)
    main = f"pid {tmp_path}/pid; error_log {tmp_path}/error.log; events {{}} http {{ include {tmp_path}/zhiqiao.conf; }}"
    (tmp_path / "nginx.conf").write_text(main)
    command = ["nginx", "-t", "-q", "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, "emerg" in done.stderr) == (0, False), done.stderr


def self_signed(folder):
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "zhiqiao.example")])
    now = timezone.now()
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name)
    built = built.public_key(key.public_key()).serial_number(1)
    built = built.not_valid_before(now).not_valid_after(now + timedelta(days=1))
    certificate = built.sign(key, hashes.SHA256())
    paths = folder / "cert.pem", folder / "key.pem"
    paths[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    paths[1].write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return paths


def test_proxy_takes_every_file_that_the_platform_takes():
    megabytes = int(re.search(r"client_max_body_size (\d+)m;", NGINX)[1])

    assert megabytes * 1024**2 > max(files.LARGEST, MAX_BYTES)


def test_proxy_bypasses_for_every_cookie_that_makes_an_answer_private(settings):
    assert f"$cookie_{settings.SESSION_COOKIE_NAME}" in NGINX
    assert f"$cookie_{settings.CSRF_COOKIE_NAME}" in NGINX
    assert f"$cookie_{settings.LANGUAGE_COOKIE_NAME}" in NGINX
    assert "$cookie_messages" in NGINX
    languages = re.search(r"map \$cookie_zhiqiao_language .*?\}", NGINX, re.DOTALL)[0]
    assert all(code in languages for code, _name in settings.LANGUAGES)


@pytest.mark.django_db
def test_alerts_ask_for_figures_that_exist(settings, tmp_path):
    settings.ZHIQIAO_METRICS_KEY = "k" * 32
    settings.ZHIQIAO_HOME = tmp_path
    marks.note(marks.BACKUP)
    marks.note(marks.DRILL)
    Client().get("/about/")
    told = Client().get("/metrics", headers={"Authorization": f"Bearer {'k' * 32}"})
    existing = set(re.findall(r"^(zhiqiao_\w+)", told.content.decode(), re.MULTILINE))
    # Of the worker there is a figure once there was one.
    existing.add("zhiqiao_worker_heartbeat_age_seconds")
    groups = yaml.safe_load((DEPLOY / "prometheus" / "alerts.yml").read_text())["groups"]
    asked = {
        name
        for group in groups
        for rule in group["rules"]
        for name in re.findall(r"zhiqiao_\w+", rule["expr"])
    }

    assert asked - existing == set()


@pytest.mark.parametrize("edition", ["runbook.md", "runbook.zh.md"])
def test_every_alert_with_a_page_leads_to_a_chapter_of_the_runbook(edition):
    alerts = (DEPLOY / "prometheus" / "alerts.yml").read_text(encoding="utf-8")
    named = set(re.findall(r'runbook: "runbook: ([^"]+)"', alerts))
    runbook = (ROOT / "docs" / "howto" / edition).read_text(encoding="utf-8")
    headings = set(re.findall(r"^## (?:.*\()?([^()\n]+)\)?$", runbook, re.MULTILINE))

    assert named - headings == set()
