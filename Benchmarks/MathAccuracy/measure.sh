#!/usr/bin/env bash
# Measures how far the math functions are from the exact results.
#
# usage: Benchmarks/MathAccuracy/measure.sh [STRIDE [SAMPLES [FUNCTION…]]]
#   STRIDE    every how many-th float is tried: 1, all of them
#   SAMPLES   how many doubles are tried a function: 10,000,000
#   FUNCTION  by default all
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

swift run --package-path "$here/../.." -c release --quiet MathFunctionsInC > "$work/functions.c"
# No result depends on errno or traps; without them, loops of calls become vectors.
flags=(-O2 -march=native -ffp-contract=off -fno-math-errno -fno-trapping-math -fopenmp)
flags+=(-I "$here" -I "$work")
vector=()
[[ $(uname -m) == x86_64 ]] && vector=(-lmvec)
cc "${flags[@]}" "$here/check_f32.c" -o "$work/check_f32" "${vector[@]}" -lmpfr -lgmp -lm
cc "${flags[@]}" "$here/check_f64.c" -o "$work/check_f64" -lmpfr -lgmp -lm
"$work/check_f32" "${1:-1}" "${@:3}"
"$work/check_f64" "${2:-10000000}" "${@:3}"
