#!/usr/bin/env bash
# Fuzzes the readers of foreign input with libFuzzer under the address sanitizer.
#
#   fuzz.sh build                  builds the fuzzer and its first inputs
#   fuzz.sh TARGET [OPTION…]       fuzzes one target: text, tapes, rules, loops, arrays or specs;
#                                  options are libFuzzer's, as -max_total_time=60 or -runs=1000000
#
# Inputs that are worth keeping gather in FUZZ_BUILD/corpus/TARGET; one that ends in a crash stands in
# FUZZ_BUILD/findings/TARGET. What is mended goes to Tests/Fuzz/Findings/TARGET, which a test reads.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=${FUZZ_BUILD:-.build/fuzz}
fuzzer=$build/release/tensorjit-fuzz

build() {
  TENSORJIT_FUZZERS=1 swift build -c release --scratch-path "$build" --product TensorJITFuzz \
    -Xswiftc -sanitize=fuzzer,address
  swiftc -sanitize=fuzzer,address -o "$fuzzer" \
    -Xlinker --whole-archive "$build/release/libTensorJITFuzz.a" -Xlinker --no-whole-archive \
    -lLLVM-19 -lm
  rm -rf "$build/seeds"
  mkdir -p "$build"/seeds/{text,tapes,rules,loops,arrays,specs}
  "$fuzzer" --seeds="$build/seeds" IRSpecs
}

fuzz() {
  local target=$1
  shift
  mkdir -p "$build/corpus/$target" "$build/findings/$target"
  ASAN_OPTIONS=detect_leaks=0:${ASAN_OPTIONS:-} "$fuzzer" --target="$target" \
    -dict=Tests/Fuzz/words.dict -artifact_prefix="$build/findings/$target/" \
    -timeout=20 -rss_limit_mb=3072 -malloc_limit_mb=1024 -max_len=4096 "$@" \
    "$build/corpus/$target" "$build/seeds/$target" "Tests/Fuzz/Findings/$target"
}

case ${1:-} in
  build) build ;;
  text | tapes | rules | loops | arrays | specs) fuzz "$@" ;;
  *)
    sed -n '2,9p' "${BASH_SOURCE[0]}" >&2
    exit 2
    ;;
esac
