#!/usr/bin/env bash
# Checks the C interface of a TensorJIT that CMake has installed: its library exports tj_… and needs
# nothing of Swift's; the C and C++ examples, copied into an empty folder, build by find_package and by
# pkg-config, print what they should, and run under valgrind without an error or a lost byte, where
# the installed copy has been moved, too; and GPUs are listed where a driver says that there are some.
#
# usage: scripts/check-c-interface.sh PREFIX
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
  echo "check-c-interface: error: $*" >&2
  exit 1
}

# A copy elsewhere: nothing that is installed may know where it was put at first.
cp -a "$1" "$work/prefix"
prefix=$work/prefix
library=$prefix/lib/libtensorjit.so

# The library
! ldd "$library" | grep -E 'libswift|not found' || fail "the library needs more than it should"
readelf --dynamic "$library" | grep 'SONAME.*\[libtensorjit\.so\.0\]' > /dev/null || fail "no SONAME"
exported=$(nm --dynamic --extern-only --defined-only "$library" | awk '{ print $3 }')
! grep -vE '^(tj_[a-z_]+@@)?TENSORJIT_0$' <<< "$exported" || fail "the library exports these"
declared=$(grep -oE '\btj_[a-z_]+\(' "$prefix/include/tensorjit.h" | tr -d '(' | sort -u)
[ "$(sed -n 's/@@.*//p' <<< "$exported" | sort -u)" = "$declared" ] ||
  fail "header and library have different functions"

# The headers, on their own and as strict as can be
cd "$work"
strict=(-Wall -Wextra -Wpedantic -Wconversion -Werror "-I$prefix/include" -fsyntax-only)
for language in c++17 c++20; do
  printf '#include <tensorjit.h>\n#include <tensorjit.hpp>\n' |
    c++ -x c++ "-std=$language" "${strict[@]}" -
done
printf '#include <tensorjit.h>\n' | cc -x c -std=c11 "${strict[@]}" -

# The examples by CMake
mkdir examples
cp "$root"/Examples/C/* examples
cmake -S examples -B build -G Ninja -D CMAKE_PREFIX_PATH="$prefix" -D CMAKE_BUILD_TYPE=Debug
cmake --build build
for example in columns train devices; do
  # The expected text is that of a machine without a GPU.
  build/$example | grep -v '^device [1-9]' > $example.txt
  diff "examples/$example.expected" $example.txt
done

# GPUs, on a driver that stands in for NVIDIA's and computes nothing
mkdir driver
cc -shared -fPIC "$root/Tests/FakeCUDA/fakecuda.c" -o driver/libcuda.so.1 -pthread
LD_LIBRARY_PATH=driver build/devices > driver.txt
head -n 3 driver.txt | diff <(printf '%s\n' "device 0 is cpu" "device 1 is cuda:0" \
  "the last one holds [1 2 3]") -

# The examples by pkg-config
export PKG_CONFIG_PATH=$prefix/lib/pkgconfig
read -ra flags < <(pkg-config --cflags --libs 'tensorjit >= 0.1')
cc -std=c11 examples/columns.c -o columns "${flags[@]}"
cc -std=c11 examples/devices.c -o devices "${flags[@]}"
c++ -std=c++17 examples/train.cpp -o train "${flags[@]}" -pthread
for example in columns train devices; do
  LD_LIBRARY_PATH=$prefix/lib ./$example > $example.txt
  diff "examples/$example.expected" $example.txt
done

# The example in Python, where there is a NumPy: the system's, or that of the oracle suite
for python in python3 "$root/.build/oracle/bin/python"; do
  if "$python" -c 'import numpy' 2> /dev/null; then
    "$python" examples/softmax.py "$library"
    break
  fi
done

# Valgrind. Its CPU has no AVX-512, which code is made for only where the CPU says that it is there.
for example in columns train devices; do
  valgrind --quiet --error-exitcode=9 --num-callers=60 --leak-check=full \
    --show-leak-kinds=definite --errors-for-leak-kinds=definite \
    --suppressions=examples/tensorjit.supp build/$example > $example.txt
  diff "examples/$example.expected" $example.txt
done
echo "check-c-interface: ok"
