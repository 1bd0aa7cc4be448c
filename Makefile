# make demo     a network learns handwritten digits through kernels compiled on the spot
# make test     the whole test suite
# make oracle   every op and its derivatives against JAX and NumPy: CASES=, SEED= (random without it)
# make bench    the benchmarks
# make build    everything that these need, tests included
# Each first installs the system packages that are missing (scripts/setup.sh). They share one
# release build.

PREFIX ?= /usr/local
BUILD := .build
TSAN_BUILD := $(BUILD)/tsan
SWIFT_SOURCES := Package.swift Sources Tests Benchmarks scripts

# Tests run optimised, as millions of random programs take their time; they use `package` access
# and no testable imports, so that they are built from the same objects as the products.
TEST := swift test -c release --scratch-path $(BUILD) --disable-testable-imports --disable-xctest

.PHONY: build demo test test-random test-tsan oracle bench format lint check install setup \
  gpu-bundle gpu-bundle-check

build: setup
	swift build -c release --scratch-path $(BUILD) --build-tests

demo: setup
	swift build -c release --scratch-path $(BUILD) --product tensorjit-demo
	$(BUILD)/release/tensorjit-demo

test: setup
	$(TEST)

# Many more random tapes than `make test` takes: interpreter, machine code, passes and text agree.
test-random: setup
	TENSORJIT_TEST_TAPES=10000 $(TEST) --filter 'EngineAgreement|RandomTape|PassPreservation'

# The concurrency tests under the thread sanitizer, which needs a build of its own.
test-tsan: setup
	TSAN_OPTIONS=halt_on_error=1 swift test --sanitize thread --scratch-path $(TSAN_BUILD) \
	  --disable-xctest --filter Concurrency

# JAX, NumPy and SciPy come from PyPI into $(BUILD)/oracle.
CASES ?= 6000
oracle: setup
	swift build -c release --scratch-path $(BUILD) --product tensorjit
	scripts/oracle.sh $(BUILD)/release/tensorjit --cases $(CASES) $(if $(SEED),--seed $(SEED))

bench: setup
	swift build -c release --scratch-path $(BUILD) --product tensorjit-bench
	$(BUILD)/release/tensorjit-bench

format:
	swift format --in-place --recursive $(SWIFT_SOURCES)

lint:
	swift format lint --strict --recursive $(SWIFT_SOURCES)
	@! grep -rn '@testable' Tests || { echo "lint: error: tests use package access" >&2; exit 1; }

# All that is checked before a change is accepted.
check:
	.ci/run

# One archive for machines with an NVIDIA GPU and without Swift: the tool, its libraries, the specs,
# and gpu-check. The Swift runtime is linked in, which takes a build of its own.
gpu-bundle: setup
	swift build -c release --static-swift-stdlib --scratch-path $(BUILD)/bundle --product tensorjit
	scripts/gpu-bundle.sh $(BUILD)/bundle/release/tensorjit $(BUILD)/tensorjit-gpu.tar.xz

# The archive in an otherwise empty root, on the engines that need no GPU.
gpu-bundle-check: gpu-bundle
	scripts/check-gpu-bundle.sh $(BUILD)/tensorjit-gpu.tar.xz cpu grid

install: setup
	scripts/setup.sh cmake ninja-build
	cmake -S . -B $(BUILD)/cmake -G Ninja -D CMAKE_INSTALL_PREFIX=$(PREFIX) \
	  -D TENSORJIT_SCRATCH_PATH=$(CURDIR)/$(BUILD)
	cmake --build $(BUILD)/cmake
	cmake --install $(BUILD)/cmake

setup:
	@scripts/setup.sh
