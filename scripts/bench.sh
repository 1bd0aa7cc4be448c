#!/usr/bin/env bash
# Measures the built tensorjit-bench beside the peers that Benchmarks/Peers/requirements.txt names. They
# come from PyPI into .build/bench-peers, where they are missing; one that cannot be installed is left
# out of the comparison.
#
# usage: scripts/bench.sh TENSORJIT-BENCH [OPTIONS of Benchmarks/Peers/bench.py]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

environment=.build/bench-peers
requirements=Benchmarks/Peers/requirements.txt

# The copy of the requirements says that all of them are there.
if ! cmp -s "$requirements" "$environment/requirements.txt"; then
  python3 -c 'import ensurepip, venv' 2> /dev/null || scripts/setup.sh python3-venv
  python3 -m venv "$environment"
  isComplete=yes
  while read -r requirement; do
    echo "bench: installing $requirement from PyPI" >&2
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check "$requirement" || {
      echo "bench: cannot install $requirement" >&2
      isComplete=no
    }
  done < "$requirements"
  "$environment/bin/python" -c 'import numpy' 2> /dev/null || {
    echo "bench: error: NumPy is needed, for the results that are right" >&2
    exit 1
  }
  [ $isComplete = no ] || cp "$requirements" "$environment/requirements.txt"
fi

exec "$environment/bin/python" Benchmarks/Peers/bench.py "$@"
