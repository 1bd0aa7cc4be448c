#!/usr/bin/env bash
# Makes a Debian or Ubuntu system ready to build and test TensorJIT: checks Swift and installs the
# system packages that are missing, and only those. Says nothing when there is nothing to do.
#
# usage: scripts/setup.sh [MORE-PACKAGES…]
set -euo pipefail

fail() {
  echo "setup: error: $*" >&2
  exit 1
}

least_swift=6.3
needed=(
  llvm-19-dev   # headers and library of the code generator
  llvm-19-tools # FileCheck-19, which the specs of generated code use
  libopenblas0  # linear algebra, and matrices times vectors; opened at run time, so no headers
  "$@"
)

# Swift
command -v swift > /dev/null ||
  fail "no 'swift' in PATH; install Swift $least_swift or newer"
version=$(swift --version 2> /dev/null | grep -oE 'Swift version [0-9]+\.[0-9]+' | sed -n 1p) ||
  fail "'swift --version' does not tell its version; Swift $least_swift or newer is needed"
version=${version##* }
[ "$(printf '%s\n' "$least_swift" "$version" | sort -V | sed -n 1p)" = "$least_swift" ] ||
  fail "Swift $least_swift or newer is needed, found $version at $(command -v swift)"

# System packages
if ! command -v dpkg-query > /dev/null || ! command -v apt-get > /dev/null; then
  fail "this system has no apt and dpkg; install by its own means what these Debian packages" \
    "hold: ${needed[*]} (LLVM's C headers must lie in /usr/include/llvm-c-19 and" \
    "/usr/include/llvm-19), then run 'swift build' without this script"
fi

missing=()
for package in "${needed[@]}"; do
  status=$(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2> /dev/null || true)
  [ "$status" = installed ] || missing+=("$package")
done
[ ${#missing[@]} -gt 0 ] || exit 0

as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo > /dev/null ||
    fail "missing: ${missing[*]}; run as root: apt-get update && apt-get install ${missing[*]}"
  as_root=(sudo)
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT

# Runs apt-get quietly; what it said is shown only when it fails.
apt() {
  "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get -y -o DPkg::Lock::Timeout=300 "$@" < /dev/null > "$log" 2>&1 || {
    cat "$log" >&2
    fail "'apt-get $*' failed; its output is above"
  }
}

echo "setup: installing ${missing[*]}"
apt update
for package in "${missing[@]}"; do
  apt-cache show "$package" > /dev/null 2>&1 ||
    fail "this system's package lists have no '$package'; Debian 12 (with its updates) and newer" \
      "have all that is needed. The unversioned 'llvm-dev' is no substitute where it is older" \
      "than 19: Debian 12's is LLVM 14"
done
apt install --no-install-recommends "${missing[@]}"
