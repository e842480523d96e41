# Leima's workshop: "make" lists what it can do.
#
# ARGS is handed on: make demo ARGS='--addr 127.0.0.1:9000',
# make test ARGS='-run Stamp', PACKAGES narrows the tests: make test PACKAGES=./store/...

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.ONESHELL:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules --no-print-directory

ARGS ?=
PACKAGES ?= ./...

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
# The version comes from above, so Go need not ask git for it.
BUILD := go build -trimpath -buildvcs=false
TOOL := go tool -modfile=tools/go.mod

##@ Use

.PHONY: apps
apps: ## build the till and the console if they are older than their sources; needs Node.js
	tools/build-apps.sh

.PHONY: build
build: apps ## build ./bin/leima, one static binary
	CGO_ENABLED=0 $(BUILD) -ldflags '-s -w -X main.version=$(VERSION)' -o bin/leima ./cmd/leima

.PHONY: demo
demo: build ## run a demo pharmacy on SQLite; its data stays in .data/demo
	exec ./bin/leima demo --data .data/demo $(ARGS)

##@ Test

# The stories in a browser are about the whole product: they run when no part of
# it was asked for. The count of Go's tests comes last.
.PHONY: test
test: test-programs build ## run all tests, in a browser and with PostgreSQL and Redis servers of its own
	failed=
	$(if $(filter ./...,$(strip $(ARGS) $(PACKAGES))),tools/test-apps.sh || failed=yes
	tools/test-wallets.sh || failed=yes
	tools/test-browser.sh bin/leima || failed=yes
	tools/node-packages.sh tools/pass-schema || failed=yes)
	.cache/testservers -- .cache/testreport $(ARGS) $(PACKAGES)
	if [ -n "$$failed" ]; then echo 'But the tests of the apps, the proof of the wallets or the tests in a browser failed, see above.' >&2; exit 1; fi

.PHONY: test-browser
test-browser: build ## open the pages in Chromium, as customers, cashiers and owners do
	exec tools/test-browser.sh bin/leima

.PHONY: test-apps
test-apps: ## test the parts of the till and the console, and how large they are
	tools/test-apps.sh

.PHONY: test-wallets
test-wallets: ## prove with Google's own types that what Google Wallet is sent is what it knows; downloads them
	exec tools/test-wallets.sh

.PHONY: chaos
chaos: ## break servers and databases in all ways, and prove that no stamp was lost or doubled; see chaos/README.md
	$(BUILD) -o .cache/ ./chaos
	exec .cache/chaos $(ARGS)

.PHONY: test-short
test-short: test-programs ## run the quick tests: SQLite only, no servers
	exec .cache/testreport -short $(ARGS) $(PACKAGES)

.PHONY: test-programs
test-programs:
	$(BUILD) -o .cache/ ./deploy/testservers ./deploy/testreport

##@ Change

.PHONY: generate
generate: ## write all generated code anew
	go generate ./...

.PHONY: bench
bench: ## measure stamps and scans on real servers against yardsticks; see bench/README.md
	$(BUILD) -o .cache/ ./bench/stamps
	exec .cache/stamps $(ARGS)

.PHONY: bench-passes
bench-passes: ## measure passes signed per CPU second against signing alone
	exec go test ./wallet/apple -run '^$$' -bench PassesPerCPUSecond -benchtime 20x

.PHONY: lighthouse
lighthouse: build ## measure the join page and the card page with Lighthouse, by hand on a quiet machine; downloads it
	tools/node-packages.sh tools/lighthouse
	LEIMA_CHROMIUM=$$(tools/find-chromium.sh)
	export LEIMA_CHROMIUM
	exec tools/with-demo.sh bin/leima timeout 600 node tools/lighthouse/measure.mjs

.PHONY: pictures
pictures: build ## make the pictures in docs/images anew, from the running product
	tools/node-packages.sh web/browsertest
	LEIMA_CHROMIUM=$$(tools/find-chromium.sh)
	export LEIMA_CHROMIUM
	exec tools/with-demo.sh bin/leima npm run --silent --prefix web/browsertest picture-for-readme

.PHONY: fmt
fmt: ## lay out all Go code
	$(TOOL) gofumpt -l -w .

##@ Check

.PHONY: check
check: check-format check-generated check-architecture lint check-openapi check-javascript check-apps check-shell check-vulnerabilities ## run all the checks below

.PHONY: check-format
check-format: ## is all Go code laid out by gofumpt?
	@unformatted=$$($(TOOL) gofumpt -d .)
	if [ -n "$$unformatted" ]; then echo "$$unformatted"; echo 'Run "make fmt".'; exit 1; fi

.PHONY: check-generated
check-generated: ## is generated code what its sources say?
	tools/check-generated.sh

.PHONY: check-architecture
check-architecture: ## do packages know only what they may?
	go test -count=1 .

.PHONY: lint
lint: ## look for mistakes: golangci-lint with .golangci.yml
	$(TOOL) golangci-lint run ./...

.PHONY: check-openapi
check-openapi: ## is openapi.yaml sound?
	tools/check-openapi.sh

.PHONY: check-javascript
check-javascript: ## do the types in the pages' scripts fit together?
	tools/check-javascript.sh

.PHONY: check-apps
check-apps: ## are the types and the style of the till and the console sound?
	tools/check-apps.sh

.PHONY: check-shell
check-shell: ## are shell scripts sound? needs shellcheck
	tools/check-shell.sh

.PHONY: check-vulnerabilities
check-vulnerabilities: ## is code with known vulnerabilities called? needs the network
	tools/check-vulnerabilities.sh

##@ Other

.PHONY: clean
clean: ## remove what was built and downloaded here, and the demo's data
	rm -rf bin .cache .data/demo tools/node_modules tools/lighthouse/node_modules web/browsertest/node_modules web/app/node_modules web/dist/apps

.PHONY: help
help: ## list these targets
	@awk 'BEGIN { FS = ":.*## " } \
		/^##@ / { printf "\n%s\n", substr($$0, 5) } \
		/^[a-z-]+:.*## / { printf "  make %-22s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
