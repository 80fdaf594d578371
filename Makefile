# Three targets and nothing else; `just` (installed by `make setup`) lists the rest.
SHELL := /bin/bash
.PHONY: setup demo test

setup:
	@tools/setup.sh

demo: setup
	@.venv/bin/zhiqiao demo $(ARGS)

test: setup
	@tools/setup.sh browser
	@.venv/bin/just test
