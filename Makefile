# Thin: each goal is a few commands that can be typed as well. `make` leaves the program at build/muniment.
.PHONY: all deps package persons demo transcripts test lint tidy asan tsan bench bench-mirror bench-serve fuzz install clean format

PREFIX ?= /usr/local
SECONDS_EACH ?= 4
# Less optimised is built in half the time, and tries half as much in a second.
FUZZ_FLAGS ?= -O1 -g1
JOBS ?= $(shell nproc)
# One more than there are cores: many tests wait for time-outs, browsers and circuits.
TEST_JOBS ?= $(shell expr $(JOBS) + 1)
LLVM ?= -19
# Published vectors lie beside the source; tests that need them say so when they are not there.
ifneq ($(wildcard ../shared/.),)
export MUNIMENT_SHARED ?= $(abspath ../shared)
endif

sources = $(shell find src tests fuzz bench -name '*.cc' -o -name '*.h')
# Tests, fuzz targets and micro-benchmarks are linted by format and size only: the macros of GoogleTest, RapidCheck and
# Google Benchmark break rules that are not ours.
tidied = $(shell find src -name '*.cc' -not -name '*_test.cc' -not -name '*_fuzz.cc' -not -name '*_bench.cc')

all:
	tools/deps.sh build
	test -f build/release/build.ninja || cmake --preset release -DMUNIMENT_TESTS=OFF
	cmake --build --preset release -j $(JOBS) --target muniment

deps:
	tools/deps.sh build test

demo: all
	tools/deps.sh demo
	python3 demo/demo.py

# The pages of docs/transcripts, from what the program prints; a test holds them to it.
transcripts:
	tools/deps.sh build test
	cmake --preset release
	cmake --build --preset release -j $(JOBS) --target muniment make_key_file
	MUNIMENT_BUILD=$(CURDIR)/build/release MUNIMENT_PROGRAM=$(CURDIR)/build/muniment python3 tests/transcripts.py docs/transcripts

# run-tests PRESET: configures, builds and tests; the last line is the sum. ctest's failures are counted there.
define run-tests
	cmake --preset $(1)
	cmake --build --preset $(1) -j $(JOBS)
	rm -rf build/$(1)/test-results && mkdir build/$(1)/test-results
	-ctest --test-dir build/$(1) -j $(TEST_JOBS) --output-on-failure --output-junit test-results/ctest.junit
	python3 tools/summary.py build/$(1)
endef

test:
	tools/deps.sh build test
	$(call run-tests,release)

# What needs a newer libcrypto than Debian 12's, in a Debian 13 system below build/. As root.
test-debian13:
	tools/deps.sh build test
	cmake --preset release
	cmake --build --preset release -j $(JOBS)
	tools/debian13.sh

asan tsan:
	tools/deps.sh lint
	$(call run-tests,$@)

lint:
	tools/deps.sh lint
	clang-format$(LLVM) --dry-run -Werror --ferror-limit=1 $(sources)
	python3 tools/check_layers.py --self-test
	python3 tools/check_layers.py .
	python3 tools/check_tidy.py --self-test
	python3 tools/check_tidy.py .

# The whole of src/ takes two cores about six minutes; run it before a release, and on what you change.
tidy:
	tools/deps.sh lint
	cmake --preset dev -B build/lint -DCMAKE_CXX_COMPILER=clang++$(LLVM) -DMUNIMENT_TESTS=OFF
	printf '%s\n' $(tidied) | xargs -P $(JOBS) -n 4 clang-tidy$(LLVM) --quiet -p build/lint

format:
	clang-format$(LLVM) -i $(sources)

fuzz:
	tools/deps.sh lint
	cmake --preset fuzz -DCMAKE_CXX_FLAGS_DEBUG="$(FUZZ_FLAGS)"
	cmake --build --preset fuzz -j $(JOBS)
	tools/fuzz.sh $(SECONDS_EACH)

# muniment and its peers on the same files, in turn, in about ten minutes: docs/performance.md. BENCH="--scale 0.02" tries it.
bench:
	tools/deps.sh bench
	cmake --preset bench
	cmake --build --preset bench -j $(JOBS)
	python3 bench/bench.py build/bench/muniment $(BENCH)

# First copies, copies of nothing new and audits, beside rsync and rclone; before them our server under load.
bench-mirror: bench-serve
	tools/deps.sh bench
	cmake --preset bench
	cmake --build --preset bench -j $(JOBS) --target muniment run_measured
	python3 bench/mirror.py build/bench/muniment

# Our server beside nginx, alone and with a crowd of idle and slow clients attached.
bench-serve:
	tools/deps.sh bench
	cmake --preset bench
	cmake --build --preset bench -j $(JOBS) --target muniment
	python3 bench/serve.py build/bench/muniment

# The Debian package of this release and one static binary, in build/package; tools/package.sh --check builds them twice.
package:
	tools/package.sh

# Four persons do their part from the printed pages, in fresh Debian systems below build/persons and in browsers; as root.
persons:
	tools/deps.sh build test debian13
	cmake --preset release
	cmake --build --preset release -j $(JOBS) --target muniment make_key_file
	tools/package.sh
	tools/package.sh --debian13
	python3 tools/persons.py

# DESTDIR is honoured.
install: all
	cmake --install build/release --prefix $(PREFIX)

clean:
	rm -rf build
