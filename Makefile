# Every target sets itself up; a fresh user needs Python >= 3.11 and make.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: setup demo test test-kafka check chaos bench bench-register bench-watchlist bench-stop soak bench-review learn eval audit sbom fuzz schemas lock format clean

$(READY): pyproject.toml requirements/dev.txt scripts/setup.sh
	@PYTHON="$(PYTHON)" VENV="$(VENV)" bash scripts/setup.sh

setup: $(READY)  ## make .venv from the hash-pinned lock

demo: $(READY)  ## the whole pipeline on the embedded broker (ARGS=--exit ends after the sample)
	@$(BIN)/netral demo $(ARGS)

test: $(READY)  ## the tests
	@$(BIN)/python -m pytest $(ARGS)

test-kafka: $(READY)  ## what uses a broker, on Apache Kafka alone (needs Java 17 and Maven)
	@$(BIN)/python -m pytest -m broker --broker=kafka $(ARGS)

check: $(READY)  ## exactly what CI runs
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/python -m streams.schemas --check
	@$(BIN)/python -m scripts.audit --allow-unreachable
	@$(MAKE) --no-print-directory test

chaos: $(READY)  ## faults on three brokers and up to four workers, 20 seeds; writes docs/reliability.md (hours)
	@$(BIN)/python -m chaos $(ARGS)
	@$(BIN)/python -m chaos --table

bench: $(READY)  ## throughput beside the bare client and a stock Faust agent; JSON in bench/out/
	@$(BIN)/python -m bench.pipeline $(ARGS)

bench-register: $(READY)  ## the register at 100 k, 1 M and 10 M accounts; writes docs/matching.md (half an hour, 8 GB)
	@$(BIN)/python -m bench.register_report --write $(ARGS)

bench-watchlist: $(READY)  ## the watchlist at national size, beside other searches; JSON in bench/out/
	@$(BIN)/python -m bench.watchlist $(ARGS)

bench-stop: $(READY)  ## the last flag after a stop, on three brokers of Apache Kafka; JSON in bench/out/ (Java, Maven)
	@$(BIN)/python -m bench.stop_switch $(ARGS)

soak: $(READY)  ## ten minutes of load on Apache Kafka, with bursts, and the scaling (a quarter of an hour)
	@$(BIN)/python -m bench.soak $(ARGS)

bench-review: $(READY)  ## the reviewers' store with 200,000 cases, SQLite and PostgreSQL; JSON in bench/out/
	@$(BIN)/python -m bench.review $(ARGS)

learn: $(READY)  ## learn config/match_model.yaml anew (a quarter of an hour, 8 GB; ARGS="--data DIR")
	@$(BIN)/python -m learning.learn $(ARGS)

eval: $(READY)  ## measure content matching on real posts; writes docs/evaluation.md (two minutes, 2 GB)
	@$(BIN)/python -m evaluation $(ARGS)

audit: $(READY)  ## known vulnerabilities of the locked packages; fails where no source can be reached
	@$(BIN)/python -m scripts.audit $(ARGS)

sbom: $(READY)  ## a CycloneDX bill of materials of the run-time lock, dist/netral.cdx.json
	@$(BIN)/python -m scripts.sbom $(ARGS)

fuzz: $(READY)  ## fuzz our own parsing (ARGS="TARGET --seconds N"; without: every target, a minute each)
	@$(BIN)/python -m tests.fuzz $(ARGS)

schemas: $(READY)  ## regenerate the JSON Schemas and the AsyncAPI document
	@$(BIN)/python -m streams.schemas

lock: $(READY)  ## renew the hash-pinned lock files
	@CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile -q --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --resolver=backtracking -o requirements/run.txt pyproject.toml
	@CUSTOM_COMPILE_COMMAND="make lock" $(BIN)/pip-compile -q --strip-extras --generate-hashes --allow-unsafe --no-emit-index-url --no-emit-find-links --resolver=backtracking --extra dev --extra demo --extra review -o requirements/dev.txt pyproject.toml

format: $(READY)
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache bench/out
