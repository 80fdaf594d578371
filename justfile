# `just` lists the recipes; they all work in the environment that `make setup` makes.
set shell := ["bash", "-euo", "pipefail", "-c"]
python := ".venv/bin/python"
export PATH := justfile_directory() / ".venv/bin:" + env("PATH")

default:
    @just --list

# Everything CI runs: gates, tests on real PostgreSQL, journeys in a real browser.
test: check unit e2e

# Format, lint, types, imports, migrations, templates, translations, packs, docs; side by side.
[parallel]
check: style types site docs

[private]
style:
    ruff format --check .
    ruff check .
    djade --check $(git ls-files '*.html')
    PYTHONPATH=. lint-imports --no-cache
    zhiqiao pack check packs/cn-core
    zhiqiao pack check packs/cq-2023-22

[private]
types:
    mypy

[private]
site:
    {{python}} manage.py check --fail-level WARNING
    {{python}} manage.py makemigrations --check --dry-run
    {{python}} tools/messages.py check

# Format everything.
format:
    ruff format .
    ruff check --fix .
    djade $(git ls-files '*.html')

# All tests but those of the browser, one process a core; a plain `pytest` runs in one process.
unit *ARGS:
    {{python}} -m pytest --numprocesses={{num_cpus()}} --dist=worksteal {{ARGS}}

# All tests but those of the browser, on the server of DATABASE_URL.
server *ARGS:
    {{python}} -m pytest -m "not e2e" {{ARGS}}

# Journeys in Chromium; E2E=0 skips them and says so.
e2e *ARGS:
    if [ "${E2E:-1}" = "0" ]; then echo "E2E=0: browser journeys skipped"; else {{python}} -m pytest -m e2e tests/e2e {{ARGS}}; fi

# The platform with code reloading, on the data folder .home/run.
run:
    ZHIQIAO_HOME="{{justfile_directory()}}/.home/run" ZHIQIAO_DEBUG=1 zhiqiao demo --development

# Benchmarks: admission_results | admissions | assignment | events | formula | formula_sql | matching | packs |
# pages | planning | proxy | rls | scoring | selection. What follows the name goes to the benchmark.
bench NAME *ARGS:
    {{python}} bench/{{NAME}}.py {{ARGS}}

docs:
    sphinx-build -q -W -b html docs docs/_build/html

# Collects new strings into the catalogue and compiles it.
messages:
    {{python}} tools/messages.py collect
    {{python}} tools/messages.py compile

# Pictures of the six kinds of pages in both languages.
screenshots:
    {{python}} tools/screenshots.py

# The schema of packs, regenerated from the types.
schema:
    zhiqiao pack schema packs/schema

# The description of the open API, docs/reference/openapi.json.
openapi:
    {{python}} tools/openapi.py
