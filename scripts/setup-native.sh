#!/usr/bin/env bash
# What the native build needs beside Rust: a linker for every crate, a C compiler for libdeflate.
. "$(dirname "$0")/lib.sh"

have cargo || die "missing: Rust 1.89 or newer. Install it with rustup (see its site), then come back."

if [ "$(uname)" = Darwin ]; then
  xcode-select -p >/dev/null 2>&1 || die "missing: a C compiler and linker
!! type:    xcode-select --install"
else
  have cc || provide "a C compiler and linker, for Rust itself and libdeflate" \
    apt="gcc libc6-dev" dnf="gcc glibc-devel" pacman="gcc"
fi
