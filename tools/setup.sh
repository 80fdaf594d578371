#!/usr/bin/env bash
# Prepares everything a person or CI needs: the environment, the translations, and (with
# "browser") what the journeys use: Chromium, and nginx and systemd, which read the shipped files.
set -euo pipefail
cd "$(dirname "$0")/.."

require() {
    command -v "$1" >/dev/null 2>&1 && return
    echo "zhiqiao needs '$1', which is not on PATH. On Debian 12: sudo apt-get install $2" >&2
    exit 1
}

install_environment() {
    require git git
    require python3.11 "python3.11 python3.11-venv"
    local uv
    uv=$(command -v uv || true)
    if [ -z "$uv" ]; then
        uv=.uv/bin/uv
        if [ ! -x "$uv" ]; then
            python3.11 -m venv .uv || {
                echo "python3.11 cannot make an environment. On Debian 12: sudo apt-get install python3.11-venv" >&2
                exit 1
            }
            .uv/bin/pip install --quiet --disable-pip-version-check "uv>=0.9"
        fi
    fi
    # Compiled once: the tests alone start hundreds of processes, and a machine may forbid Python to
    # keep what it compiles on the way (PYTHONDONTWRITEBYTECODE).
    "$uv" sync --locked --quiet --compile-bytecode --python python3.11
    .venv/bin/python -m compileall -q src
    .venv/bin/python tools/messages.py compile
}

install_browser() {
    if [ "${E2E:-1}" = "0" ]; then
        echo "E2E=0: the journeys in a real browser are skipped." >&2
        return
    fi
    if command -v chromium nginx systemd-analyze | wc --lines | grep --quiet 3; then
        return
    fi
    local install=(apt-get install --yes --no-install-recommends chromium fonts-noto-cjk nginx-light systemd)
    if [ "$(id -u)" = "0" ] && command -v apt-get >/dev/null 2>&1; then
        echo "Installing Chromium, nginx and systemd for the journeys." >&2
        apt-get update --quiet=2 && DEBIAN_FRONTEND=noninteractive "${install[@]}" --quiet=2 >/dev/null && return
    elif sudo -n true 2>/dev/null; then
        sudo apt-get update --quiet=2 && sudo DEBIAN_FRONTEND=noninteractive "${install[@]}" --quiet=2 >/dev/null && return
    fi
    echo "The journeys need Chromium, nginx and systemd. Run: sudo ${install[*]}   (or skip them: make test E2E=0)" >&2
    exit 1
}

case "${1:-environment}" in
    environment) install_environment ;;
    browser) install_browser ;;
    *) echo "usage: tools/setup.sh [browser]" >&2; exit 2 ;;
esac
