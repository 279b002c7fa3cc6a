#!/bin/sh
# Prints what the licenses of the crates in the page kernel demand to go with it: each crate's own notice.
set -eu
cd "$(dirname "$0")"

crates=$(
    cargo tree --locked --package hotzone-kernel --edges normal,no-proc-macro --prefix none --format '{p} {l}'
)
echo "$crates" | grep -v '^hotzone-' | sort -u |
    while read -r name version license; do
        for folder in "${CARGO_HOME:-$HOME/.cargo}/registry/src"/*/"$name-${version#v}"; do
            notice=$folder/LICENSE-MIT
            # A crate that is under one license alone has one file, whose name says which.
            [ -f "$notice" ] || notice=$(ls "$folder"/LICENSE* 2> /dev/null || true)
            [ -f "$notice" ] || continue
            printf '%s %s (%s)\n\n' "$name" "${version#v}" "$license"
            cat "$notice"
            printf '\n'
            continue 2
        done
        echo "$name ${version#v} has no license that could be put beside the kernel" >&2
        exit 1
    done
cat << 'END'
core, alloc and compiler_builtins of the Rust Project (MIT OR Apache-2.0)

Copyright (c) The Rust Project Contributors, https://github.com/rust-lang/rust/blob/main/COPYRIGHT
END
