"""The nginx of deploy/nginx/zhiqiao.conf as an ordinary process, on a free port and without TLS."""

import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONFIGURATION = Path(__file__).resolve().parents[1] / "deploy" / "nginx" / "zhiqiao.conf"
# Who is not root cannot change to another user, and who is must stay one who can read the folder.
AROUND = """
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
daemon off;
worker_processes 1;
{user}
events {{ worker_connections 1024; }}
http {{
    types {{ text/css css; application/javascript js; image/svg+xml svg; text/html html; }}
    default_type application/octet-stream;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/zhiqiao.conf;
}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def localised(folder: Path, *, port: int, upstream: int, static: Path) -> str:
    """Give the shipped configuration with local ports and folders, and without TLS."""
    text = CONFIGURATION.read_text(encoding="utf-8")
    text = re.sub(r"server \{\s+listen 80;.*?\n\}\n", "", text, flags=re.DOTALL)
    text = re.sub(r"\n *(?:ssl_\w+ [^\n]*|listen \[::\]:\d+[^\n]*)", "", text)
    changes = {
        "listen 443 ssl http2": f"listen 127.0.0.1:{port}",
        "server_name zhiqiao.example": "server_name _",
        "server 127.0.0.1:8000": f"server 127.0.0.1:{upstream}",
        "/var/cache/nginx/zhiqiao": f"{folder}/cache",
        "/var/log/nginx/zhiqiao.log": f"{folder}/access.log",
        "/var/lib/zhiqiao/static/": f"{static}/",
    }
    for shipped, here in changes.items():
        if shipped not in text:
            raise SystemExit(f"{CONFIGURATION} no longer holds {shipped!r}.")
        text = text.replace(shipped, here)
    return text


@contextmanager
def running_nginx(folder: Path, *, upstream: int, static: Path) -> Iterator[str]:
    """Run nginx before the web server on ``upstream``; its address."""
    port = free_port()
    text = localised(folder, port=port, upstream=upstream, static=static)
    (folder / "zhiqiao.conf").write_text(text, encoding="utf-8")
    user = "user root;" if folder.stat().st_uid == 0 else ""
    main = folder / "nginx.conf"
    main.write_text(AROUND.format(folder=folder, user=user), encoding="utf-8")
    command = [shutil.which("nginx") or "nginx", "-p", str(folder), "-c", str(main)]
    subprocess.run([*command, "-t", "-q"], check=True)
    with (folder / "said").open("wb") as said:
        server = subprocess.Popen(command, stderr=said)
    try:
        _await(server, port)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


def _await(server: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(100):
        if server.poll() is not None:
            raise SystemExit("nginx ended at once")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise SystemExit("nginx does not listen")
