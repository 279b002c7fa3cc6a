#!/bin/sh
# Builds the page kernel: dist/src/unikernel/hotzone-kernel, and beside it, in hotzone-kernel.txt, the line that it
# says first, so that whoever starts it can tell that it is this one, and in hotzone-kernel-notices.txt the licenses of
# the crates in it. The same sources give the same bytes, wherever they lie.
set -eu
cd "$(dirname "$0")"
out=../../dist/src/unikernel
./require-rust.sh

version=$(sed -n 's/^version = "\(.*\)"$/\1/p' Cargo.toml)
hash=$(
    export LC_ALL=C
    find Cargo.toml Cargo.lock build.sh page/Cargo.toml page/src stack/Cargo.toml stack/src xen/Cargo.toml xen/src kernel -type f | sort |
        while IFS= read -r file; do sha256sum "$file"; done | sha256sum | cut -c 1-16
)

# Where crates and sources lie must not show in the result.
cargo fetch --locked --quiet
separator=$(printf '\037')
flags="-Crelocation-model=static${separator}--remap-path-prefix=$PWD=/unikernel"
for crates in "${CARGO_HOME:-$HOME/.cargo}"/registry/src/*; do
    flags="$flags${separator}--remap-path-prefix=$crates=/crates"
done
export CARGO_ENCODED_RUSTFLAGS="$flags"
export HOTZONE_SOURCE_HASH="$hash"
cargo build --locked --release --package hotzone-kernel --target-dir target/kernel

mkdir -p "$out"
cp target/kernel/release/hotzone-kernel "$out/hotzone-kernel"
./notices.sh > "$out/hotzone-kernel-notices.txt"
echo "hotzone-kernel $version $hash" > "$out/hotzone-kernel.txt"
echo "$(cat "$out/hotzone-kernel.txt"): $(wc -c < "$out/hotzone-kernel") bytes in dist/src/unikernel/hotzone-kernel"
