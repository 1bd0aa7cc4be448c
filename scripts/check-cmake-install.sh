#!/usr/bin/env bash
# Checks that CMake builds and installs, into a temporary folder, a tool that runs, a library that
# scripts/outside/main.swift can be built against, and the C interface. Uses and fills the release
# build in .build.
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
swiftc -I "$library" "$root/scripts/outside/main.swift" -o outside -lLLVM-19 -lm -lswiftRuntime \
  -Xlinker --whole-archive -Xlinker "$library/libTensorJIT.a" -Xlinker --no-whole-archive
./outside > found.txt
diff "$root/scripts/outside/expected.txt" found.txt
"$root/scripts/check-c-interface.sh" installed
echo "check-cmake-install: ok"
