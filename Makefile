# make demo     a network learns handwritten digits through kernels compiled on the spot
# make test     the whole test suite
# make oracle   every op and its derivatives against JAX and NumPy: CASES=, SEED= (random without it)
# make bench    the benchmarks beside NumPy, JAX, PyTorch, ONNX Runtime and OpenVINO: BENCH=options
# make bench-compare   the same, compared with the stored baseline by ratios
# make build    everything that these need, tests included
# Each first installs the system packages that are missing (scripts/setup.sh). They share one
# release build.

PREFIX ?= /usr/local
BUILD := .build
TSAN_BUILD := $(BUILD)/tsan
ASAN_BUILD := $(BUILD)/asan
SWIFT_SOURCES := Package.swift Sources Tests Benchmarks scripts

# Tests run optimised, as millions of random programs take their time; they use `package` access
# and no testable imports, so that they are built from the same objects as the products.
TEST := swift test -c release --scratch-path $(BUILD) --disable-testable-imports --disable-xctest

.PHONY: build demo test test-random test-hostile test-tsan test-asan test-memory fuzz oracle bench \
  bench-compare bench-test bench-smoke gpu-bundle gpu-bundle-check gpu-bundle-smoke format lint check \
  install setup

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

# Many more texts of tapes that are almost right than `make test` takes.
test-hostile: setup
	TENSORJIT_TEST_TAPES=100000 $(TEST) --filter AlmostRight

# The concurrency tests under the thread sanitizer, which needs a build of its own.
test-tsan: setup
	TSAN_OPTIONS=halt_on_error=1 swift test --sanitize thread --scratch-path $(TSAN_BUILD) \
	  --disable-xctest --filter Concurrency

# The tests that touch memory under the address sanitizer, which needs a build of its own. It does not
# see what emitted code does: for that, tests run it between pages that cannot be touched. It keeps
# freed memory for a while, so that the test of its return is left out.
ASAN_TESTS := DeviceRuntimeTests|KernelLoopTests|EmissionTests|ObjectCodeTests|LoopIRTests|findingsStayMended|NumPyFile|MalformedText|MalformedTape|TensorIndexing|CustomOp|BadData
test-asan: setup
	ASAN_OPTIONS=detect_leaks=0 swift test --sanitize address --scratch-path $(ASAN_BUILD) \
	  --disable-xctest --filter '$(ASAN_TESTS)' --skip unloadingReturnsMemory

# The suite, and tapes that ask for too much, in a process that may use 4 GiB of addresses.
test-memory: build
	scripts/check-memory-limit.sh $(BUILD)/release

# libFuzzer on the readers of foreign input: TARGET= one of them (all), TIME= seconds for each.
FUZZ_TARGETS := text tapes rules loops arrays specs
TIME ?= 60
fuzz: setup
	FUZZ_BUILD=$(BUILD)/fuzz scripts/fuzz.sh build
	for target in $(or $(TARGET),$(FUZZ_TARGETS)); do \
	  FUZZ_BUILD=$(BUILD)/fuzz scripts/fuzz.sh $$target -max_total_time=$(TIME) || exit 1; \
	done

# JAX, NumPy and SciPy come from PyPI into $(BUILD)/oracle.
CASES ?= 6000
oracle: setup
	swift build -c release --scratch-path $(BUILD) --product tensorjit
	scripts/oracle.sh $(BUILD)/release/tensorjit --cases $(CASES) $(if $(SEED),--seed $(SEED))

# Peers come from PyPI into $(BUILD)/bench-peers; text, JSON and SVG go to $(BUILD)/bench.
bench: setup
	swift build -c release --scratch-path $(BUILD) --product tensorjit-bench
	scripts/bench.sh $(BUILD)/release/tensorjit-bench $(BENCH)

bench-compare: setup
	swift build -c release --scratch-path $(BUILD) --product tensorjit-bench
	scripts/bench.sh $(BUILD)/release/tensorjit-bench --compare Benchmarks/Baseline.json $(BENCH)

# What makes the tables, on figures that are made up.
bench-test:
	python3 -m unittest discover --start-directory Benchmarks/Peers/tests \
	  --top-level-directory Benchmarks/Peers

# Sees that the benchmark's parts work together, on the NumPy and JAX of `make oracle`.
bench-smoke: setup
	swift build -c release --scratch-path $(BUILD) --product tensorjit-bench
	$(BUILD)/oracle/bin/python Benchmarks/Peers/bench.py $(BUILD)/release/tensorjit-bench \
	  --workloads softmax,step-small,adds-100,first-chain-small --rounds 1 --budget 0.01 \
	  --peers numpy,jax --folder $(BUILD)/bench-smoke

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

# The same with the tool of the release build, which brings Swift's libraries along, and without
# compression: a minute in place of many.
gpu-bundle-smoke: setup
	swift build -c release --scratch-path $(BUILD) --product tensorjit
	scripts/gpu-bundle.sh $(BUILD)/release/tensorjit $(BUILD)/tensorjit-gpu.tar
	scripts/check-gpu-bundle.sh $(BUILD)/tensorjit-gpu.tar cpu grid

install: setup
	scripts/setup.sh cmake ninja-build
	cmake -S . -B $(BUILD)/cmake -G Ninja -D CMAKE_INSTALL_PREFIX=$(PREFIX) \
	  -D TENSORJIT_SCRATCH_PATH=$(CURDIR)/$(BUILD)
	cmake --build $(BUILD)/cmake
	cmake --install $(BUILD)/cmake

setup:
	@scripts/setup.sh
