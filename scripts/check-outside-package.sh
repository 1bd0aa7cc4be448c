#!/usr/bin/env bash
# Checks that a package that depends on a tagged TensorJIT by version builds without flags, and that
# its program, scripts/outside/main.swift, prints what it should. The tag is made here, on a copy of
# this working tree in a temporary folder.
set -euo pipefail

version=0.1.0
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The tagged repository
mkdir "$work/TensorJIT"
cd "$root"
git ls-files --cached --others --exclude-standard -z |
  while IFS= read -r -d '' file; do
    [ ! -e "$file" ] || printf '%s\0' "$file"
  done |
  xargs -0 cp --parents --no-dereference --target-directory "$work/TensorJIT"
cd "$work/TensorJIT"
git init --quiet --initial-branch main
git add --all
git -c user.name=check -c user.email=check@localhost commit --quiet --message "Copy the working tree"
git tag "$version"

# The package that depends on it
mkdir -p "$work/Outside/Sources/outside"
cd "$work/Outside"
cat > Package.swift << END
// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "Outside",
  dependencies: [.package(url: "file://$work/TensorJIT", from: "$version")],
  targets: [
    .executableTarget(
      name: "outside", dependencies: [.product(name: "TensorJIT", package: "TensorJIT")])
  ]
)
END
cp "$root/scripts/outside/main.swift" Sources/outside/

# Caches of its own, so that the user's keep no trace of a repository that is gone.
options=(--disable-dependency-cache --config-path "$work/config" --security-path "$work/security")
swift build "${options[@]}"
.build/debug/outside > found.txt
diff "$root/scripts/outside/expected.txt" found.txt
echo "check-outside-package: ok"
