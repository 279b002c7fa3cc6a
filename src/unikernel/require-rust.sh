#!/bin/sh
# Fails unless there is a Rust that can build the page kernel, and says what was found and how to mend it.
set -eu
cd "$(dirname "$0")"
least=$(sed -n 's/^rust-version = "\(.*\)"$/\1/p' Cargo.toml)

refuse() {
    echo "the page kernel needs cargo and rustc $least or newer: $1" >&2
    echo "to mend it: apt install cargo-web (Debian), or see https://rustup.rs" >&2
    exit 1
}

for program in cargo rustc; do
    command -v $program > /dev/null || refuse "there is no $program on the PATH"
    # It says "cargo 1.91.0 (...)"; rustup's own without a toolchain says why it cannot, and fails.
    said=$($program --version 2>&1) || refuse "$program does not run: $(echo "$said" | head -n 1)"
    version=${said#* }
    version=${version%% *}
    [ "$(printf '%s\n' "$least" "$version" | sort -V | head -n 1)" = "$least" ] ||
        refuse "$(command -v $program) is $version"
done
