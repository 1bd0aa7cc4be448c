#!/usr/bin/env bash
# Makes code for GPUs of the benchmarks' programs and of tapes given, has NVIDIA's assembler check it,
# and prints what each kernel needs: registers, spills, shared memory.
#
# usage: scripts/check-ptx.sh TENSORJIT FILE.tape…
set -euo pipefail

tool=$1
shift
ptxas=$("$(dirname "${BASH_SOURCE[0]}")/ptxas.sh")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

failed=0
printf '%-28s %-8s %-10s %9s %7s %7s\n' tape gpu kernel registers spilled shared
for file in "$@"; do
  for name in $(grep -oE '^\(tape [^ ]+' "$file" | cut -d ' ' -f 2); do
    for gpu in sm_80 sm_90a; do
      "$tool" dump-ir "$file" --entry "$name" --target "ptx:$gpu" --after ptx \
        > "$folder/code.ptx" || { failed=1; continue; }
      if ! "$ptxas" --verbose --gpu-name "$gpu" --output-file /dev/null "$folder/code.ptx" \
        2> "$folder/log"; then
        cat "$folder/log" >&2
        failed=1
        continue
      fi
      awk -v tape="$name" -v gpu="$gpu" '
        /Compiling entry function/ { split($0, part, "\047"); kernel = part[2] }
        /spill stores/ { spilled = $5 }
        /Used [0-9]+ registers/ {
          registers = $0; sub(/.*Used /, "", registers); sub(/ .*/, "", registers)
          shared = 0
          if (match($0, /[0-9]+ bytes smem/)) shared = substr($0, RSTART, RLENGTH) + 0
          printf "%-28s %-8s %-10s %9d %7d %7d\n", tape, gpu, kernel, registers, spilled, shared
        }' "$folder/log"
    done
  done
done
exit "$failed"
