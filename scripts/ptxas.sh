#!/usr/bin/env bash
# Prints the path of NVIDIA's assembler, which checks PTX on machines without a GPU; where there is
# none it is fetched from PyPI into .build/ptxas.
#
# usage: scripts/ptxas.sh
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

folder=.build/ptxas
if [ ! -x "$folder/ptxas" ]; then
  python3 -c 'import ensurepip, venv' 2> /dev/null || scripts/setup.sh python3-venv >&2
  rm -rf "$folder"
  python3 -m venv "$folder/environment"
  "$folder/environment/bin/pip" install --quiet --disable-pip-version-check \
    'nvidia-cuda-nvcc-cu12==12.9.*'
  found=$(find "$folder/environment" -path '*/bin/ptxas' | sed -n 1p)
  [ -n "$found" ] || { echo "ptxas: error: the package holds no ptxas" >&2; exit 1; }
  ln -s "${found#"$folder/"}" "$folder/ptxas"
fi
echo "$PWD/$folder/ptxas"
