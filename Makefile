# make demo   installs what is missing, builds, runs the quickstart to its end
# make test   the same for all tests, those against a real API server included; nothing is skipped
SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

PRESET ?= dev
BIN = build/$(PRESET)/bin
DATA ?= .visionops
PREFIX ?= /usr/local
export CTEST_OUTPUT_ON_FAILURE := 1
SANITIZER_TARGETS := unit_and_sim_tests

.PHONY: deps test-deps node-deps build programs demo install package test test-quick test-node test-frameworks test-chaos test-campaigns test-package test-growth test-sanitizers test-asan test-tsan bench bench-train bench-cluster format check-deps check-format check-tidy check-threads generated clean help

help: ## this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 20

deps: ## install missing packages and fetch libtorch (idempotent)
	@tools/install-dependencies
	@tools/fetch-libtorch

test-deps: deps ## also what the tests need: packages, and a control plane built once (no service is started)
	@tools/install-dependencies --tests
	@tools/provide-testbeds

node-deps: test-deps
	@tools/install-dependencies --node
	@tools/provide-testbeds --node

build: deps ## build everything (PRESET=dev|release|asan|tsan)
	@cmake --preset $(PRESET) >build/configure-$(PRESET).log 2>&1 || { cat build/configure-$(PRESET).log; exit 1; }
	@cmake --build --preset $(PRESET)

programs: deps ## build the programs of the quickstart, without tests
	@cmake --preset $(PRESET) >build/configure-$(PRESET).log 2>&1 || { cat build/configure-$(PRESET).log; exit 1; }
	@cmake --build --preset $(PRESET) --target quickstart_programs | tools/show-progress "building the quickstart"

build/.exists:
	@mkdir -p build && touch $@
build programs deps bench bench-train bench-cluster: | build/.exists

$(DATA)/stores/datasets/expected.json: | programs
	@mkdir -p $(DATA)/stores/datasets $(DATA)/stores/models
	@$(BIN)/visionops-quickstart-data --digits samples/quickstart/data/digits.csv.gz --store $(DATA)/stores/datasets

demo install package: override PRESET := release
demo: programs $(DATA)/stores/datasets/expected.json ## run samples/quickstart to its end
	@$(BIN)/visionops run -f samples/quickstart --data $(DATA)

install: programs ## install programs, completion, manual pages and samples (PREFIX=/usr/local, DESTDIR=)
	@cmake --build --preset release --target package_files >build/package-files.log || { cat build/package-files.log; exit 1; }
	@cmake --install build/release --prefix $(PREFIX) --strip

package: programs ## build/release/packages: visionops and visionops-train as .deb, and all as .tar.gz
	@cmake --build --preset release --target package_files >build/package-files.log || { cat build/package-files.log; exit 1; }
	@cd build/release && cpack
	@ls -l build/release/packages/*.deb build/release/packages/*.tar.gz

test-package: package node-deps ## install the packages on a bare Debian root file system and run the quickstart there (root)
	@tests/package/run build/release/packages

# With VISIONOPS_CI=1 a test that misses something fails instead of being skipped.
test: test-deps build ## all tests: unit, golden, contract, sim, record, end-to-end, and on a real API server and S3 server
	@VISIONOPS_CI=1 ctest --test-dir build/$(PRESET) --parallel 2 -LE "node|chaos|frameworks"

test-quick: build ## the tests that need no cluster, no S3 server and nothing that `make demo` does not install
	@VISIONOPS_CI=1 ctest --test-dir build/$(PRESET) --parallel 2 -LE "node|chaos|frameworks|cluster|s3"

test-node: node-deps build ## the quickstart on a real kubelet and containerd, by images and chart (root)
	@VISIONOPS_CI=1 ctest --test-dir build/$(PRESET) -L node

FRAMEWORKS := ultralytics timm huggingface torchvision lightning
test-frameworks: test-deps build ## real frameworks from PyPI on the CPU: each trains, goes on, and is killed (2 GB to load)
	@for name in $(FRAMEWORKS); do build/$(PRESET)/bin/visionops runtimes install $$name --cpu; done
	@VISIONOPS_CI=1 ctest --test-dir build/$(PRESET) -L frameworks

test-chaos: test-deps build ## twenty leaders killed on a real API server
	@VISIONOPS_CI=1 ctest --test-dir build/$(PRESET) -L chaos

test-campaigns: test-deps build ## every point of the campaigns on a real API server, some two hours (CAMPAIGN_SECONDS=3600: how long it is hostile)
	@tests/campaigns/run build/$(PRESET)/bin

test-sanitizers: test-asan test-tsan ## unit and sim tests under AddressSanitizer, UBSan and ThreadSanitizer

test-asan test-tsan: test-%: deps
	@cmake --preset $* >build/configure-$*.log 2>&1 || { cat build/configure-$*.log; exit 1; }
	@cmake --build --preset $* --target $(SANITIZER_TARGETS)
	@ctest --test-dir build/$* --parallel 2 -L '^(unit|sim)$$'

bench: deps ## side by side with Datumaro 1.13 and OpenCV: COCO load, COCO -> YOLO, recoding
	@cmake --preset release >build/configure-release.log 2>&1 || { cat build/configure-release.log; exit 1; }
	@cmake --build --preset release --target visionops-worker visionops-bench-data visionops-bench-recode
	@tests/bench/run.sh build/release/bin

bench-train: deps ## the built-in trainer beside PyTorch 2.15 eager: the same weights, batches and losses (fetches 3 GB once)
	@cmake --preset release >build/configure-release.log 2>&1 || { cat build/configure-release.log; exit 1; }
	@cmake --build --preset release --target visionops-bench-train
	@tests/bench/train/run.sh build/release/bin

bench-cluster: deps ## scale and latency on a real API server, 10,000 resources (BENCH_ARGUMENTS="--resources 100")
	@cmake --preset release >build/configure-release.log 2>&1 || { cat build/configure-release.log; exit 1; }
	@cmake --build --preset release --target visionops
	@tests/bench/cluster/run build/release/bin/visionops --out build $(BENCH_ARGUMENTS)

generated: build ## rewrite crds/ and docs/reference/ from the field tables
	@cmake --build --preset $(PRESET) --target update-generated

format: ## clang-format in place
	@git ls-files '*.cpp' '*.h' '*.cu' | xargs clang-format-16 -i

check-deps:
	@tools/install-dependencies --checks

check-format: check-deps ## is every file as clang-format writes it?
	@git ls-files '*.cpp' '*.h' '*.cu' | xargs clang-format-16 --dry-run --Werror

check-tidy: check-deps ## clang-tidy on what differs from SINCE (default: the commit before)
	@tools/check-tidy --since $${SINCE:-HEAD~1} --at-most $${AT_MOST:-40}

check-threads: check-deps ## clang's -Wthread-safety on every file that knows a lock
	@tools/check-threads

test-growth: build ## follow the recipes of CONTRIBUTING.md in a copy of the tree, and print what each addition costs
	@tests/growth/run

clean: ## remove build folders; data folders stay
	@rm -rf build
