#!/usr/bin/env bash
# Measures how far the math functions are from the exact results.
#
# usage: Benchmarks/MathAccuracy/measure.sh [STRIDE [SAMPLES]]
#   STRIDE   every how many-th float is tried; 1, all of them, takes some 20 minutes of one core
#   SAMPLES  how many doubles are tried a function: 10,000,000
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

swift run --package-path "$here/../.." -c release --quiet MathFunctionsInC > "$work/functions.c"
flags=(-O2 -march=native -ffp-contract=off -fopenmp -I "$here" -I "$work")
cc "${flags[@]}" "$here/check_f32.c" -o "$work/check_f32" -lm
cc "${flags[@]}" "$here/check_f64.c" -o "$work/check_f64" -lmpfr -lgmp -lm
"$work/check_f32" "${1:-1}"
"$work/check_f64" "${2:-10000000}"
