"""The shipped files of operation: read by the programs for which they are written."""

import subprocess
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.utils import timezone

DEPLOY = Path(__file__).resolve().parents[2] / "deploy"
NGINX = (DEPLOY / "nginx" / "zhiqiao.conf").read_text(encoding="utf-8")
UNITS = sorted((DEPLOY / "systemd").iterdir())


def test_units_are_what_systemd_reads(tmp_path):
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/opt/zhiqiao/bin/zhiqiao", "/bin/true")
        (tmp_path / unit.name).write_text(text, encoding="utf-8")
    command = ["systemd-analyze", "verify", "--man=no", *map(str, sorted(tmp_path.iterdir()))]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


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
