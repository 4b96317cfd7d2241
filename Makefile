# Every command of the project. `make help` lists them.

PYTHON ?= python3
ARCH ?= arm64
KIND ?= source
PORT ?= 8000
LOCAL_AWS_PORT ?= 4566
export PORT LOCAL_AWS_PORT LOCAL_STATE TYPES

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
MINISTACK := $(VENV)/ministack/.ready

ENVIRONMENT ?= dev
TERRAFORM := terraform -chdir=terraform

.PHONY: help run demo listen job plugins explain test test-plugin plugin capture pages wheel proof check terraform-test bench \
package plan show-plan apply smoke reset setup ministack javascript

help: ## list the commands
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

run: $(READY) ## run the whole system on this machine, on PORT (8000) and LOCAL_AWS_PORT (4566)
	@exec $(BIN)/python -m local run

demo: $(READY) ## send sample feedback by every way in to the running system, on whatever port it is
	@$(BIN)/python -m local.demo

listen: $(READY) ## show and verify what is delivered here: TYPES="ticket.*" (all by default), ARGS="--status 500 --delay 3 --fail-first 2"; docs/local.md
	@$(BIN)/python -m local.listen $(ARGS)

job: $(READY) ## do one job by hand in the running system: NAME=reread ARGS="source=csv connection=default since=2026-01-01"
	@$(BIN)/python -m local.job $(NAME) $(ARGS)

plugins: $(READY) ## the plugins that are installed, with their sources, and why one was not loaded; ARGS=--json
	@$(BIN)/python -m local.plugins $(ARGS)

explain: $(READY) ## why a request's signature failed: SOURCE=zendesk REQUEST=request.http, and docs/verification.md; the secret is asked for
	@$(BIN)/python -m local.explain

test: $(READY) ## every test that needs no cloud, but the long ones; ARGS="-k name" chooses
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal $(ARGS)
	@echo "Not run here: tests/proof, which is long by nature; make proof runs it"

plugin: $(READY) ## a new plugin with tests that are green: NAME=acme KIND=source (or classifier); with OUT=… one of its own
	@$(BIN)/python -m triggeriq.testing.scaffold --name "$(NAME)" --kind "$(KIND)" --checkout . $(if $(OUT),--out "$(OUT)")
	@$(if $(OUT),,$(BIN)/python -m source_pages)

PLUGIN_TESTS = $(wildcard tests/plugins/test_$(NAME).py tests/unit/plugins/classifiers/test_$(NAME).py)

test-plugin: $(READY) ## the tests of one plugin, in a second or two: NAME=zendesk, as its file is called
	@test -n "$(PLUGIN_TESTS)" || { echo "triggeriq: the plugin $(or $(NAME),that NAME is to name) has no tests;" \
	"write tests/plugins/test_$(or $(NAME),<name>).py, see docs/plugins.md" >&2; exit 1; }
	@$(BIN)/python -m pytest --quiet $(PLUGIN_TESTS) $(ARGS)

pages: $(READY) ## the pages of the sources in docs/sources/ anew, of their docstrings and golden requests
	@$(BIN)/python -m source_pages

proof: $(READY) $(MINISTACK) ## load, a million rows, damaged input by the ten thousand: some minutes, with its progress
	$(BIN)/python -m pytest tests/proof --capture=no --verbose --durations=0 $(ARGS)

check: $(READY) ## format, lint, types, import rules, and terraform-test
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory terraform-test

# TERRAFORM_PLUGINS: a mirror of providers, where their registry can't be reached. TERRAFORM_SCHEMA_CHECK: a
# command that checks a folder against recorded schemas of the provider.
terraform-test: $(READY) ## all that can be proven about terraform/ without an account
	@if command -v terraform > /dev/null; then $(BIN)/python -m pytest --numprocesses 3 --dist loadfile terraform/proof $(ARGS); \
	else echo "NOT CHECKED: terraform/, for terraform is not installed here"; fi

bench: $(READY) ## the benchmarks beside their baseline
	$(BIN)/python -m pytest benchmarks $(ARGS)

capture: $(READY) ## a real request as a golden one, without secrets and persons: SOURCE=zendesk NAME=reply FROM=saved.http (or an entry of the running system's quarantine)
	@$(BIN)/python -m local.capture --source "$(SOURCE)" --name "$(NAME)" --from "$(FROM)" $(ARGS)

wheel: $(READY) ## the wheel of triggeriq in dist/, for plugins made elsewhere
	@$(BIN)/python -m lambda_package.contract

package: $(READY) ## the Lambda package in build/, for ARCH (arm64, or x86_64) and this Python's version
	@$(BIN)/python -m lambda_package --architecture $(ARCH) --into build

# What a deployment's operator and .github/workflows run alike. A file terraform/<environment>.tfvars is read.
TERRAFORM_IS_THERE = command -v terraform > /dev/null || { echo "triggeriq: terraform is not installed here;" \
	"docs/deploying.md says which one is needed" >&2; exit 1; }
PLAN_IS_THERE = test -f build/plan || { echo "triggeriq: no plan is kept; run make plan" >&2; exit 1; }

plan: ## what a deployment of ENVIRONMENT (dev) would change, kept in build/plan; its state in STATE_BUCKET
	@rm -f build/plan # if this fails, nothing is there that apply could take for it
	@$(TERRAFORM_IS_THERE)
	@test -f build/deployment.zip || { echo "triggeriq: no package yet; run make package" >&2; exit 1; }
	@test -n "$(STATE_BUCKET)" || { echo "triggeriq: STATE_BUCKET is not set;" \
	"terraform/bootstrap makes one, see docs/deploying.md" >&2; exit 1; }
	@printf 'terraform {\n  backend "s3" {}\n}\n' > terraform/backend.tf
	$(TERRAFORM) init -input=false -reconfigure -backend-config=bucket=$(STATE_BUCKET) \
	-backend-config=key=$(ENVIRONMENT).tfstate -backend-config=encrypt=true -backend-config=use_lockfile=true
	$(TERRAFORM) plan -input=false -out=../build/plan -var=environment=$(ENVIRONMENT) \
	$(patsubst terraform/%,-var-file=%,$(wildcard terraform/$(ENVIRONMENT).tfvars)) $(ARGS)

show-plan: ## the plan that make plan kept, for people
	@$(TERRAFORM_IS_THERE)
	@$(PLAN_IS_THERE)
	@$(TERRAFORM) show -no-color ../build/plan

apply: ## carry out the plan that make plan kept
	@$(TERRAFORM_IS_THERE)
	@$(PLAN_IS_THERE)
	$(TERRAFORM) apply -input=false ../build/plan

smoke: $(READY) ## after a deploy: feedback goes in by every way, and each function shows that it reaches what it calls
	@$(TERRAFORM) output -json | $(BIN)/python -m smoke

reset: $(READY) ## forget the local data
	@$(BIN)/python -m local reset

setup: $(READY) ## the virtual environment with the pinned requirements; the others do it when it's missing

ministack: $(MINISTACK) ## the other local AWS, for make run LOCAL_AWS=ministack

javascript: ## the JavaScript libraries that check deliveries in make test, which does without them else
	@npm install --prefix tests/javascript --no-fund --no-audit --no-package-lock

# Made anew where requirements change or a set-up was interrupted.
$(READY): requirements.txt requirements-dev.txt constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || \
	{ echo "triggeriq: needs Python 3.11 to 3.13, and $(PYTHON) is $$($(PYTHON) --version 2>&1 | head -n 1);" \
	"choose another one, e.g. make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 1; }
	@echo "Setting up $(VENV): once, about a minute"
	@$(PYTHON) -m venv --clear $(VENV)
	@$(BIN)/python -m pip install --disable-pip-version-check --progress-bar on -r requirements-dev.txt
	@touch $@

$(MINISTACK): requirements-ministack.txt $(READY)
	@echo "Setting up $(@D): once, some seconds"
	@$(PYTHON) -m venv --clear $(@D)
	@$(@D)/bin/python -m pip install --disable-pip-version-check --quiet -r requirements-ministack.txt
	@touch $@
