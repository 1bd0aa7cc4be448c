#!/usr/bin/env bash
# Runs the archive of scripts/gpu-bundle.sh in an otherwise empty root, in which there is a shell and
# nothing else, on the engines that need no GPU; then what gpu-check says where something is wrong.
# Where this user may not change roots, the machine's stays, with no programs but that shell.
#
# usage: scripts/check-gpu-bundle.sh ARCHIVE [ENGINE…]
set -euo pipefail

archive=$1
shift
[ $# -gt 0 ] || set -- cpu
"$(dirname "${BASH_SOURCE[0]}")/setup.sh" busybox-static
root=$(mktemp -d)
isolated=no
trap '[ $isolated = no ] || umount "$root/proc"; rm -rf --one-file-system "$root"' EXIT
mkdir -p "$root"/{bin,tmp,dev,proc}
# By /proc programs read their arguments.
if mknod -m 666 "$root/dev/null" c 1 3 2> /dev/null &&
  mount -t proc proc "$root/proc" 2> /dev/null; then
  isolated=yes
else
  echo "check-gpu-bundle: this user may not change roots; the machine's is used"
fi
cp /bin/busybox "$root/bin"
for name in sh awk cat cut dirname grep head mktemp printf rm sed sort tail; do
  ln -s busybox "$root/bin/$name"
done
tar -C "$root" -xf "$archive"

fail() {
  echo "check-gpu-bundle: error: $*" >&2
  exit 1
}

gpu_check() {
  if [ $isolated = yes ]; then
    chroot "$root" /bin/sh /tensorjit-gpu/gpu-check "$@"
  else
    env -i PATH="$root/bin" "$root/bin/sh" "$root/tensorjit-gpu/gpu-check" "$@"
  fi
}

# fails_with TEXT ARGUMENT…: gpu-check ends with status 1 and one line of error, which has the text.
fails_with() {
  local text=$1 status=0
  shift
  gpu_check "$@" > "$root/out" 2> "$root/err" || status=$?
  cat "$root/err"
  [ "$status" -eq 1 ] || fail "gpu-check $* has the status $status"
  [ "$(wc -l < "$root/err")" -eq 1 ] || fail "gpu-check $* does not say one line"
  grep -qF -- "$text" "$root/err" || fail "gpu-check $* does not say '$text'"
}

# All engines at once, each on a thread of its own for the most part.
declare -A jobs
for engine; do
  gpu_check "$engine" > "$root/$engine.txt" 2>&1 &
  jobs[$engine]=$!
done
for engine; do
  status=0
  wait "${jobs[$engine]}" || status=$?
  cat "$root/$engine.txt"
  [ "$status" -eq 0 ] || fail "gpu-check $engine ends with status $status"
  grep -q 'failures: 0$' "$root/$engine.txt" || fail "gpu-check $engine has not run the specs"
  [ "$engine" = cpu ] || grep -q ' 0 that differ$' "$root/$engine.txt" ||
    fail "gpu-check $engine has not compared the results"
  grep -q '^digits  *[0-9]' "$root/$engine.txt" || fail "gpu-check $engine has no table"
done

# What is not there.
fails_with "the device cuda:0 is unavailable" cuda
fails_with "the engine is cuda, cpu or grid" abacus
fails_with "a number of mebibytes" cpu much
fails_with "no compute-sanitizer on PATH" sanitize cpu

# The sanitizer's part with one that runs what it is given, and with one that finds something.
specs=$root/tensorjit-gpu/IRSpecs/ops
mv "$specs" "$root/all"
mkdir "$specs"
cp "$root/all/add.tape" "$specs"
cat > "$root/bin/compute-sanitizer" << 'SANITIZER'
#!/bin/sh
while [ "$1" != check ] && [ "${1#/}" = "$1" ]; do echo "$1"; shift; done
exec "$@"
SANITIZER
chmod +x "$root/bin/compute-sanitizer"
gpu_check sanitize cpu > "$root/out"
for line in memcheck racecheck; do grep -qx "$line" "$root/out" || fail "$line was not run"; done
[ "$(grep -c 'failures: 0$' "$root/out")" -eq 2 ] || fail "the sanitizer has not run the specs"
printf '#!/bin/sh\nexit 9\n' > "$root/bin/compute-sanitizer"
status=0
gpu_check sanitize cpu > "$root/out" 2> "$root/err" || status=$?
[ "$status" -eq 1 ] || fail "the sanitizer's findings have the status $status"
grep -q 'error: racecheck ends with status 9' "$root/err" || fail "the sanitizer's status is lost"

# A spec that does not hold.
printf '\n; run: (add [1 1 1 1] [1 1 1 1]) == [2 2 2 3]\n' >> "$specs/add.tape"
status=0
gpu_check grid 1 > "$root/out" 2> "$root/err" || status=$?
[ "$status" -eq 1 ] || fail "a spec that does not hold has the status $status"
grep -q 'error: ' "$root/err" || fail "a spec that does not hold is not named"
echo "check-gpu-bundle: ok"
