#!/usr/bin/env bash
# Compares the built tensorjit with JAX, NumPy and SciPy on random cases (Tests/Oracle); these come
# from PyPI into .build/oracle, where they are missing.
#
# usage: scripts/oracle.sh TENSORJIT [--cases N] [--seed S] [--only CASE…] [--op NAME]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

environment=.build/oracle
requirements=Tests/Oracle/requirements.txt

# The copy of the requirements says that what they ask for is there.
if ! cmp -s "$requirements" "$environment/requirements.txt"; then
  python3 -c 'import ensurepip, venv' 2> /dev/null || scripts/setup.sh python3-venv
  echo "oracle: installing $(tr '\n' ' ' < "$requirements")from PyPI"
  rm -rf "$environment"
  python3 -m venv "$environment"
  "$environment/bin/pip" install --quiet --disable-pip-version-check --requirement "$requirements"
  cp "$requirements" "$environment/requirements.txt"
fi

JAX_PLATFORMS=cpu exec "$environment/bin/python" Tests/Oracle/oracle.py "$@"
