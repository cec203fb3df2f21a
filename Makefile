# Two commands do all the set-up on a fresh machine: `make site` and `make test`. `make help` lists the others.
PYTHON ?= python3
PORT ?= 4566

# A path in Make can't hold a space, so every one is relative to the checkout; only values for programs are absolute.
BIN := .venv/bin
LINK := .collections/ansible_collections/multiregion/dynamodb
# Named here, so neither a user's own setting nor a world-writable checkout makes Ansible pass over the file.
export ANSIBLE_CONFIG := $(CURDIR)/ansible.cfg
# The pins decide what is installed, not a user's own environment.
export PIP_DISABLE_PIP_VERSION_CHECK := 1
unexport PYTHONPATH PYTHONHOME VIRTUAL_ENV ANSIBLE_COLLECTIONS_PATH ANSIBLE_INVENTORY

STAGES := lint unit simulator-facts sanity build-check faults browser molecule
# The Pythons that are supported; requirements/site.txt gives each another ansible-core.
PYTHONS := 3.11 3.12 3.13
OTHER_PYTHONS = $(filter-out $(shell $(BIN)/python -c 'import sys; print("%d.%d" % sys.version_info[:2])'),$(PYTHONS))
COMPATIBILITY := build/compatibility

# Run each of the stages, whatever became of those before it.
define run_stages
@failed=; for stage in $(1); do \
  printf '\n== %s ==\n' $$stage; began=$$(date +%s); \
  if $(MAKE) --no-print-directory $$stage; then echo "== $$stage: passed in $$(($$(date +%s) - began)) s"; \
  else echo "== $$stage: FAILED"; failed="$$failed $$stage"; fi; \
done; \
if [ -n "$$failed" ]; then printf '\nFailed:%s\n' "$$failed"; exit 1; fi; \
printf '\nAll stages passed: %s\n' "$(strip $(1))"
endef

.PHONY: help
help: ## Say what each target does
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' Makefile
	@echo "  PYTHON=python3.12 selects another interpreter when .venv is made, PORT=4567 another port for the simulator."

## The two commands

.PHONY: site
site: simulator ## Set up, start the simulator, then make the tables, replicate them and prove it
	$(BIN)/ansible-playbook site.yml -e simulator_port=$(PORT)

.PHONY: test
test: .venv/test.stamp $(LINK) ## Set up, then check everything CI checks
	$(call run_stages,$(STAGES))

.PHONY: compatibility
compatibility: .venv/test.stamp $(LINK) ## Test on the other supported Pythons, ansible-cores and boto3, and with every fault
	@echo "Not tested here: Python $(filter-out $(OTHER_PYTHONS),$(PYTHONS)) with what .venv holds, which make test tests."
	$(call run_stages,$(OTHER_PYTHONS:%=python-%) oldest-boto3 faults-whole)

## The simulator

.PHONY: simulator
simulator: .venv/site.stamp $(LINK) ## Start the simulator if it isn't running
	@$(BIN)/python -m simulator start --port $(PORT)

.PHONY: stop
stop: ## Stop the simulator
	@if [ -x $(BIN)/python ]; then $(BIN)/python -m simulator stop --port $(PORT); fi

.PHONY: clean
clean: ## Stop the simulator and remove everything that was generated
	@$(MAKE) --no-print-directory stop || echo "Going on without that."
	rm -rf .venv .collections .simulator .ansible build collections .coverage .hypothesis .pytest_cache .ruff_cache *.tar.gz
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

## The stages of `make test`

.PHONY: lint
lint: .venv/test.stamp $(LINK) ## ruff, yamllint, ansible-lint
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/yamllint --strict .
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/ansible-lint

.PHONY: unit
unit: .venv/test.stamp $(LINK) ## The collection's unit tests, with coverage
	$(BIN)/pytest tests/unit -n 2 --cov --cov-report=term

.PHONY: simulator-facts
simulator-facts: .venv/test.stamp $(LINK) ## The simulator's tests, fact by fact
	$(BIN)/pytest tests/simulator -n 2

.PHONY: sanity
sanity: .venv/test.stamp $(LINK) ## ansible-test sanity
	tests/ansible-test.sh sanity

.PHONY: build-check
build-check: .venv/test.stamp $(LINK) ## The archive, the modules and the playbooks as a user runs them
	$(BIN)/pytest tests/integration -n 2

.PHONY: faults
faults: .venv/test.stamp $(LINK) ## Calls that fail, get lost or are killed, in a sample of the stories
	$(BIN)/pytest tests/faults -n 2

.PHONY: faults-whole
faults-whole: .venv/test.stamp $(LINK) ## The same for every operation of every story and every fault
	$(BIN)/pytest tests/faults -n 2 --whole

.PHONY: browser
browser: .venv/test.stamp $(LINK) ## The HTML report in a real browser: Chromium, which root on Debian gets installed
	@$(BIN)/python tests/browser/chromium.py
	$(BIN)/pytest tests/browser

.PHONY: molecule
molecule: .venv/test.stamp $(LINK) ## The scenarios: each a user's story on a simulator of its own
	PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/molecule test --all --report

## The stages of `make compatibility`

python-%: $(COMPATIBILITY)/python-%.stamp $(LINK)
	@$(COMPATIBILITY)/$*/bin/python -c 'from ansible import release; print("Python $*, ansible-core", release.__version__)'
	VENV=$(COMPATIBILITY)/$* tests/ansible-test.sh sanity
	VENV=$(COMPATIBILITY)/$* tests/ansible-test.sh units
	PATH="$(CURDIR)/$(COMPATIBILITY)/$*/bin:$$PATH" molecule test --scenario-name default

.PHONY: oldest-boto3
oldest-boto3: $(COMPATIBILITY)/oldest-boto3.stamp $(LINK) ## The tests of the engine and of every option, with the oldest boto3 that is supported
	@grep -x "boto3==$$(PYTHONPATH=$(COMPATIBILITY)/oldest-boto3 $(BIN)/python -c 'import boto3; print(boto3.__version__)')" \
	  $(COMPATIBILITY)/oldest-boto3.txt
	PYTHONPATH="$(CURDIR)/$(COMPATIBILITY)/oldest-boto3" $(BIN)/pytest -n 2 \
	  tests/unit tests/integration/test_modules.py tests/integration/test_every_option.py

.PHONY: bench
bench: .venv/site.stamp $(LINK) ## Measure against the service's own pace
	$(BIN)/python -m benchmarks

## Set-up, each part once per checkout

.venv/python.stamp:
	@"$(PYTHON)" -c '' 2>/dev/null || { echo "'$(PYTHON)' wasn't found, or doesn't run (pyenv wants PYENV_VERSION for a version that isn't chosen): install Python 3.11 or newer, or say make PYTHON=/path/to/python3.12"; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed, and $(PYTHON) is %d.%d: say make PYTHON=python3.12, for example" % sys.version_info[:2])'
	@echo "Making .venv ..."
	@"$(PYTHON)" -m venv --clear .venv || { echo "Python's venv is missing: on Debian and Ubuntu, apt install python3-venv"; exit 1; }
	@touch $@

.venv/site.stamp: .venv/python.stamp requirements.txt requirements-report.txt requirements/site.txt requirements/constraints.txt
	@echo "Installing Ansible, boto3, the simulator's moto and what the HTML report needs (about two minutes, once) ..."
	@$(BIN)/pip install --quiet -r requirements/site.txt -c requirements/constraints.txt
	@touch $@

.venv/test.stamp: .venv/site.stamp requirements/test.txt
	@echo "Installing what the tests need (about a minute, once) ..."
	@$(BIN)/pip install --quiet -r requirements/test.txt -c requirements/constraints.txt
	@touch $@

# PYENV_VERSION has pyenv find the Pythons that it has installed; nothing else looks at it.
$(COMPATIBILITY)/python-%.stamp: requirements.txt requirements-report.txt requirements/site.txt requirements/test.txt requirements/constraints.txt
	@mkdir -p $(@D)
	@python=$$(PYENV_VERSION=$* python$* -c 'import sys; print(sys.executable)') \
	  || { echo "Python $* wasn't found: install it with venv, so that python$* is on the PATH, or with pyenv."; exit 1; }; \
	echo "Making an environment with Python $* (about two minutes, once) ..."; \
	"$$python" -m venv --clear $(COMPATIBILITY)/$*
	@$(COMPATIBILITY)/$*/bin/pip install --quiet -r requirements/site.txt -r requirements/test.txt -c requirements/constraints.txt
	@touch $@

$(COMPATIBILITY)/oldest-boto3.stamp: requirements.txt .venv/test.stamp
	@rm -rf $(COMPATIBILITY)/oldest-boto3
	@mkdir -p $(@D)
	@sed 's/>=/==/' requirements.txt >$(COMPATIBILITY)/oldest-boto3.txt
	@$(BIN)/pip install --quiet --target $(COMPATIBILITY)/oldest-boto3 -r $(COMPATIBILITY)/oldest-boto3.txt
	@touch $@

# Ansible finds the collection by its name from any checkout path.
$(LINK):
	@mkdir -p $(@D)
	@ln -s ../../.. $@

.PHONY: lock
lock: ## Renew the pins in requirements/constraints.txt (wants uv)
	uv pip compile --universal --python-version 3.11 --no-annotate --no-header --upgrade \
	  requirements/site.txt requirements/test.txt --output-file requirements/constraints.txt
