#!/usr/bin/env bash
# Runs the archive of scripts/gpu-bundle.sh in an otherwise empty root, in which there is a shell and
# nothing else, on the engines that need no GPU.
#
# usage: scripts/check-gpu-bundle.sh ARCHIVE.tar.xz [ENGINE…]
set -euo pipefail

archive=$1
shift
[ $# -gt 0 ] || set -- cpu
"$(dirname "${BASH_SOURCE[0]}")/setup.sh" busybox-static
root=$(mktemp -d)
trap 'umount "$root/proc"; rm -rf --one-file-system "$root"' EXIT
mkdir -p "$root"/{bin,tmp,dev,proc}
mount -t proc proc "$root/proc" # by it programs read their arguments
cp /bin/busybox "$root/bin"
for name in sh awk cat command cut dirname head mktemp printf rm sed sort tail; do
  ln -s busybox "$root/bin/$name"
done
mknod -m 666 "$root/dev/zero" c 1 5
mknod -m 666 "$root/dev/null" c 1 3
tar -C "$root" -xJf "$archive"

for engine; do chroot "$root" /bin/sh /tensorjit-gpu/gpu-check "$engine"; done
# A GPU that is asked for and not there is one line on standard error, and status 1.
status=0
chroot "$root" /bin/sh /tensorjit-gpu/gpu-check cuda > "$root/out" 2> "$root/err" || status=$?
if [ "$status" -ne 1 ] || [ "$(wc -l < "$root/err")" -ne 1 ]; then
  cat "$root/err" >&2
  echo "check-gpu-bundle: error: without a GPU the status is $status" >&2
  exit 1
fi
cat "$root/err"
