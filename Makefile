# `make` alone lists what there is. Every target installs what it needs and is missing (scripts/setup).

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Kafka: KAFKA_HOME, or a copy beside the repository, or a release that scripts/kafka fetched.
KAFKA_HOME := $(or $(KAFKA_HOME),$(abspath $(firstword $(wildcard ../shared/kafka .kafka/kafka*))))
ifneq ($(KAFKA_HOME),)
export KAFKA_HOME
endif

PYTHON := .venv/bin/python
RELEASE := .build/release
MINUTES ?= 3
SEEDS ?= 10000
BROKERS ?= 1
WORKERS ?= 2
CYCLES ?= 300
LETTERS ?= 6000
ROUNDS ?= 3
PERSONS ?= 200000
BENCH ?=
# Tests of what happens in time, which other tests beside them would disturb.
ALONE := ^(BrokerTests|DemoTests|InProcessTests|KafkaTests)\.
CHAOS ?=

.PHONY: help demo build test test-swift test-python lint format ci deadlines e2e follow outage privacy-test replay-test lifecycles takeover shadow stopped chaos bench simulate waiting waiting-test clean setup-build setup-kafka

help: ## This list
	@printf 'Targets:\n'
	@sed -nE 's/^([a-z0-9-]+):[^#]*## (.*)/\1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "  %-12s %s\n", $$1, $$2 }'
	@printf '\nKafka for tests: %s\n' '$(or $(KAFKA_HOME),none found; set KAFKA_HOME to an unpacked release)'

setup-build:
	@scripts/setup build

setup-kafka:
	@scripts/setup build java python
	@[ -n '$(KAFKA_HOME)' ] || { echo 'No Kafka here: set KAFKA_HOME to an unpacked release of Apache Kafka.' >&2; exit 69; }

build: setup-build ## Build the programs (release)
	swift build -c release --product proklama
	swift build -c release --product portal-simulator

demo: build ## Show everything in one process: no broker, no network
	$(RELEASE)/proklama demo

test: test-swift test-python ## All tests; those against a real broker when a Kafka is found

test-swift: setup-build
	@if [ -n '$(KAFKA_HOME)' ]; then scripts/setup java; else echo 'No Kafka found: tests against a real broker are skipped.'; fi
	swift build --build-tests
	swift test --skip-build --skip '$(ALONE)'
	swift test --skip-build --no-parallel --filter '$(ALONE)'

test-python: setup-build
	@scripts/setup python
	swift build --product proklama
	$(PYTHON) -m unittest discover -s scripts -p 'test_*.py'

lint: ## Formatting, scripts, Python, YAML, compose file, Dockerfile
	@scripts/setup build python lint
	scripts/lint

format: ## Format Swift and Python
	@scripts/setup build python
	swift format --in-place --recursive Package.swift Sources Tests
	.venv/bin/ruff format
	.venv/bin/ruff check --fix

e2e: setup-kafka build ## Two workers on a real Kafka, each restarted in the middle, then the audit
	$(PYTHON) scripts/e2e.py --brokers $(BROKERS)

deadlines: setup-kafka build ## Claims near their deadline go first after an outage and kill -9, and are warned of once
	$(PYTHON) scripts/deadlines.py

follow: setup-kafka build ## Estates that change while workers are killed and the portal is away: each change told once
	$(PYTHON) scripts/follow.py

privacy-test: setup-kafka build ## Personal data on a real Kafka: sealed, keys replaced, persons erased
	$(PYTHON) scripts/privacy_test.py

replay-test: setup-kafka build ## Dead letters on a real Kafka: lists, filters, replay with kill -9, five rounds, by gate (LETTERS=6000 BROKERS=3)
	$(PYTHON) scripts/replay_test.py --letters $(LETTERS) --brokers $(BROKERS)

outage: setup-kafka build ## Outages of the portal on a real Kafka, over TLS: killed, stopped, slow, 403, wrong certificates
	$(PYTHON) scripts/outage.py

takeover: setup-kafka build ## Kill and stop one of two and of three workers under load, and measure (ROUNDS=3)
	$(PYTHON) scripts/takeover.py --brokers $(BROKERS) --rounds $(ROUNDS)

shadow: setup-kafka build ## Filings by hand, a shadow that is killed, its report, and then filing, on a real Kafka
	$(PYTHON) scripts/shadow.py

lifecycles: setup-kafka build ## Whole lives of filings under kill -9 and lost answers, against a model of the documentation (CYCLES=300)
	$(PYTHON) scripts/lifecycles.py --cycles $(CYCLES) --brokers $(BROKERS)

stopped: setup-kafka build ## SIGSTOP for longer than the lease with a filing under way, then SIGCONT
	@scripts/setup bench
	$(PYTHON) scripts/stopped.py

chaos: setup-kafka build ## Kill, pause and cut everything for MINUTES=3, then the audit (BROKERS=3 WORKERS=3 CHAOS='--seed 7')
	@scripts/setup bench
	$(PYTHON) scripts/chaos.py --minutes $(MINUTES) --brokers $(BROKERS) --workers $(WORKERS) $(CHAOS)

simulate: setup-build ## The deterministic simulation, SEEDS=10000
	swift build -c release --product simulate
	$(RELEASE)/simulate --seeds $(SEEDS)

waiting: setup-build ## 200,000 persons who wait for weeks, with two restarts: how often they are sought, and no waves (PERSONS=200000)
	swift build -c release --product simulate
	$(RELEASE)/simulate --waiting --persons $(PERSONS)

waiting-test: setup-kafka build ## Those who wait on a real Kafka: listed, killed, measured
	$(PYTHON) scripts/waiting_test.py

bench: setup-kafka build ## Throughput, CPU, memory and latency of worker and simulator (BENCH='--floor floor.c')
	@scripts/setup bench
	$(PYTHON) bench/run $(BENCH)
	@for script in $(wildcard bench/*.sh); do echo; "$$script"; done

ci: setup-kafka ## What must pass before anything lands
	$(MAKE) lint
	PROKLAMA_REQUIRE_KAFKA=1 $(MAKE) test
	$(MAKE) build
	$(MAKE) simulate
	$(PYTHON) scripts/e2e.py --requests 3000
	$(PYTHON) scripts/privacy_test.py
	$(PYTHON) scripts/shadow.py
	$(PYTHON) scripts/follow.py
	$(PYTHON) scripts/waiting_test.py
	$(PYTHON) scripts/takeover.py --rounds 2
	$(PYTHON) scripts/outage.py
	@scripts/setup bench
	$(PYTHON) scripts/stopped.py
	$(PYTHON) scripts/chaos.py --minutes 2 --seed 19
	$(PYTHON) scripts/chaos.py --minutes 1 --seed 10 --brokers 3 --workers 3 --set kafka.transaction.timeout.ms=10000

clean: ## Remove what was built
	rm -rf .build .venv
	find scripts bench -name __pycache__ -prune -exec rm -rf {} +
