# Three targets and nothing else; `just` (installed by `make setup`) lists the rest.
SHELL := /bin/bash
# nginx lies where only root looks.
export PATH := $(PATH):/usr/sbin
.PHONY: setup demo test

setup:
	@tools/setup.sh

demo: setup
	@.venv/bin/zhiqiao demo $(ARGS)

test: setup
	@tools/setup.sh browser
	@.venv/bin/just test
