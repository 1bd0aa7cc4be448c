#!/usr/bin/env bash
# Checks that CMake builds and installs, into a temporary folder, a tool that runs, a library that
# scripts/outside/main.swift can be built against, and the C interface; and that errors name the line
# of a program that keeps no frame pointers, too. Uses and fills the release build in .build.
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cmake -S "$root" -B "$work/build" -G Ninja -D CMAKE_INSTALL_PREFIX="$work/installed" \
  -D TENSORJIT_SCRATCH_PATH="$root/.build"
cmake --build "$work/build"
cmake --install "$work/build" > "$work/install.log"

cd "$work"
installed/bin/tensorjit --help > help.txt
library=installed/lib/tensorjit
against=(-I "$library" -lLLVM-19 -lm -lswiftRuntime
  -Xlinker --whole-archive -Xlinker "$library/libTensorJIT.a" -Xlinker --no-whole-archive)
swiftc "$root/scripts/outside/main.swift" -o outside "${against[@]}"
./outside > found.txt
diff "$root/scripts/outside/expected.txt" found.txt

swiftc -O -g -Xcc -fomit-frame-pointer "$root/scripts/outside/errors.swift" -o errors "${against[@]}"
line=$(grep -n 'return x +' "$root/scripts/outside/errors.swift" | cut -d : -f 1)
./errors > errors.txt
grep -q "/errors.swift:$line: C2: add needs operands" errors.txt || {
  cat errors.txt >&2
  echo "check-cmake-install: error: an error does not name its line" >&2
  exit 1
}

"$root/scripts/check-c-interface.sh" installed
echo "check-cmake-install: ok"
