# What a person types. Each target does its own set-up and is safe to repeat.
.DEFAULT_GOAL := help
.PHONY: help env demo test test-slow bench bench-analyzer bench-expert bench-first-batch gpu-pack examples lint env-ray format lock clean

# The Python 3.10 to 3.13 that the environments are built from.
PYTHON ?= python3
RAY := .venv/ray/bin

help:  ## what can be made
	@awk -F':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' Makefile

env:  ## both environments, .venv/spark and .venv/ray, with Horovod's wheel
	@$(PYTHON) scripts/setup_env.py

demo: env  ## the flagship job analysed, rewritten, run on both engines and compared
	$(RAY)/python scripts/demo.py

test: env  ## every test that is not slow
	$(RAY)/python -m pytest

test-slow: env  ## the slow tests
	$(RAY)/python -m pytest -m slow

bench: env  ## Spark against Ray on the flagship job; writes docs/benchmarks.md
	$(RAY)/python scripts/bench.py

examples: env  ## Spark's own examples rewritten and run on both engines; writes docs/coverage.md
	$(RAY)/python scripts/examples.py

bench-analyzer: env  ## the analyzer's speed and memory; PEERS=--peers adds pysparkler and semgrep
	PYTHONPATH=scripts $(RAY)/python benchmarks/analyzer.py $(PEERS)

bench-expert: env  ## emitted jobs against Ray jobs written by hand; KINDS="row_udf grouped" for some alone
	PYTHONPATH=scripts $(RAY)/python benchmarks/expert_jobs.py $(KINDS)

bench-first-batch: env  ## time to a training's first batch, against a job written by hand
	PYTHONPATH=scripts:benchmarks $(RAY)/python benchmarks/first_batch.py

gpu-pack: env  ## all that a bare machine with a GPU needs to run the flagship on both engines
	$(RAY)/python scripts/gpu_parity.py pack

lint: env-ray  ## ruff and mypy
	$(RAY)/ruff check
	$(RAY)/ruff format --check
	$(RAY)/mypy

env-ray:
	@$(PYTHON) scripts/setup_env.py ray

format:  ## put the code into ruff's form
	$(RAY)/ruff check --fix
	$(RAY)/ruff format

lock:  ## resolve requirements/*.in anew (needs network)
	@$(PYTHON) scripts/lock.py

clean:  ## remove what was built here; the cached Horovod wheel stays
	rm -rf .venv .migrate dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
