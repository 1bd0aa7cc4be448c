#!/usr/bin/env bash
# Runs in 4 GiB of addresses (`ulimit -v`): the test suite, which must pass, and tapes that ask for
# more memory than that, which must fail with status 1 and a message, and never crash.
#
#   check-memory-limit.sh BUILD_FOLDER
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

build=$1
limit_kib=4194304
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
  echo "check-memory-limit: error: $*" >&2
  exit 1
}

# refused TEXT: no engine runs the tape, and each says why.
refused() {
  local status
  echo "$1" > "$folder/large.tape"
  for engine in interpreter cpu; do
    status=0
    (ulimit -v $limit_kib && "$build/tensorjit" run "$folder/large.tape" --engine $engine) \
      > "$folder/output" 2> "$folder/errors" || status=$?
    [ $status -eq 1 ] || fail "status $status on $engine for $1: $(tail -n 3 "$folder/errors")"
    [ ! -s "$folder/output" ] || fail "output on $engine for $1"
    [ "$(wc -l < "$folder/errors")" -eq 1 ] || fail "no single line on $engine for $1"
  done
}

for size in 500000000 1000000000 4294967296 1099511627776 281474976710656; do
  refused "(tape t [] (y (iota :type f64[$size] :axis 0)) (return y))"
  refused "(tape t [] (y (constant 1 :type f64[$size])) (return y))"
  refused "(tape t [] (x (constant 1 :type f64[])) (y (broadcast x :shape [$size])) (return y))"
  refused "(tape t [] (x (iota :type f64[$size] :axis 0))
    (y (reduce-sum (sort (mul x x) :axis 0 :descending true) :axes [0])) (return y))"
done
echo "check-memory-limit: tapes that are too large are refused"

(ulimit -v $limit_kib && "$build/TensorJITPackageTests.xctest" --testing-library swift-testing) \
  || fail "the suite fails in $limit_kib KiB"
