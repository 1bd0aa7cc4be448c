#!/usr/bin/env bash
# Makes one archive of the tool, with all libraries that it needs, the specs and a check, for machines
# with an NVIDIA GPU and without Swift: x86-64 Linux with an NVIDIA driver is all it takes.
#
# usage: scripts/gpu-bundle.sh TENSORJIT ARCHIVE
#
# An ARCHIVE called .tar.xz is compressed and must not exceed 60 MiB; one called .tar is not, which is
# quick. TENSORJIT is best built with --static-swift-stdlib; what it links otherwise is put in as well.
# Where the machine's C library is older than the one that this was built with, the archive's own is
# used.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

tool=$1
archive=$2
limit=$((60 << 20))
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/tensorjit-gpu
mkdir -p "$root"/{bin,lib,libc,libexec,IRSpecs,Benchmarks}

# The program without symbols.
strip --strip-all -o "$root/libexec/tensorjit" "$tool"

# All that it links, and OpenBLAS, which it opens; the C library apart.
openblas=$(ldconfig -p | awk '!found && /libopenblas\.so\.0 .*x86-64/ { print $NF; found = 1 }')
libraries() { ldd "$@" | awk '$2 == "=>" && $3 ~ /^\// { print $3 }'; }
[ -z "$openblas" ] || cp -L "$openblas" "$root/lib/libopenblas.so.0"
for library in $(libraries "$root/libexec/tensorjit" ${openblas:+"$openblas"} | sort -u); do
  case ${library##*/} in
    libc.so.* | libm.so.* | libdl.so.* | librt.so.* | libpthread.so.* | libutil.so.* | libresolv.so.*)
      cp -L "$library" "$root/libc" ;;
    *) cp -L "$library" "$root/lib" ;;
  esac
done
cp -L /lib64/ld-linux-x86-64.so.2 "$root/libc"
find "$root/lib" -type f -exec strip --strip-unneeded {} + 2> /dev/null || true

glibc=$(ldd --version | sed -n '1s/.* //p')
cat > "$root/bin/tensorjit" << SCRIPT
#!/bin/sh
# Starts the program with the libraries beside it. The C library is the machine's own, which NVIDIA's
# driver goes with, unless it is older than glibc $glibc, or there is none.
here=\$(cd "\$(dirname "\$0")/.." && pwd)
own=\$(ldd --version 2>&1 | sed -n '1s/.* \([0-9][0-9]*\.[0-9][0-9]*\).*/\1/p')
newest=\$(printf '%s\n' "\${own:-0}" $glibc | sort -t . -k 1,1n -k 2,2n | tail -n 1)
if [ -n "\$own" ] && [ "\$own" = "\$newest" ]; then
  LD_LIBRARY_PATH=\$here/lib\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH} exec "\$here/libexec/tensorjit" "\$@"
fi
# Where NVIDIA's driver may lie, since this loader does not read the machine's list of libraries.
driver=/usr/lib/x86_64-linux-gnu:/usr/lib64:/usr/lib/wsl/lib:/usr/local/nvidia/lib64
exec "\$here/libc/ld-linux-x86-64.so.2" --library-path \\
  "\$here/libc:\$here/lib\${LD_LIBRARY_PATH:+:\$LD_LIBRARY_PATH}:\$driver" \\
  "\$here/libexec/tensorjit" "\$@"
SCRIPT
chmod +x "$root/bin/tensorjit"

cp -R IRSpecs/ops "$root/IRSpecs/ops"
cp Benchmarks/GPU/{workloads.tape,digits.tape,peers.py} "$root/Benchmarks"
cp Benchmarks/GPU/gpu-check "$root/gpu-check"

mkdir -p "$(dirname "$archive")"
pack() { tar -C "$work" --owner 0 --group 0 --sort name -cf - tensorjit-gpu; }
case $archive in
  *.tar.xz) pack | xz -T0 -9 > "$archive" ;;
  *.tar) pack > "$archive" ;;
  *)
    echo "gpu-bundle: error: the archive is called .tar.xz or .tar, found $archive" >&2
    exit 1
    ;;
esac
size=$(stat --format %s "$archive")
echo "gpu-bundle: $archive, $((size >> 20)) MiB"
if [ "${archive##*.}" = xz ] && [ "$size" -gt "$limit" ]; then
  echo "gpu-bundle: error: more than 60 MiB" >&2
  exit 1
fi
