# Two commands are enough on a bare machine: `make demo` and `make test`. The work is in scripts/.

.DEFAULT_GOAL := help
.PHONY: help setup demo serve test test-training check

help:
	@echo "make setup   make .venv and pull the default weights"
	@echo "make demo    generate a talking-head video through a running server"
	@echo "make serve   leave a server at http://127.0.0.1:8000"
	@echo "make test    set up, then check everything"
	@echo "make test-training   also install what training the networks takes (PyTorch), and try that"
	@echo "make check   check everything in an environment that is already set up"

setup:
	@scripts/setup

demo: setup
	@.venv/bin/python scripts/demo.py

serve: setup
	@exec .venv/bin/morgana serve --host 127.0.0.1 --port 8000

test:
	@scripts/setup tests
	@scripts/check

test-training:
	@scripts/setup tests
	@.venv/bin/python -m pip install --quiet --disable-pip-version-check -r training/requirements.txt
	@.venv/bin/pytest tests/training

check:
	@scripts/check
