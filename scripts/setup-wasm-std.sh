#!/usr/bin/env bash
# Rust's standard library for wasm32. rustup's own is best; on a closed network it is made from Debian's sources.
# What was chosen is written to target/wasm-std.env and read by wasm-env.sh. docs/BUILDING.md tells the whole story.
. "$(dirname "$0")/wasm-env.sh"

rustc_version=$(rustc -V)        # rustc 1.95.0 (59807616e 2026-04-14)
release=$(echo "$rustc_version" | cut -d' ' -f2)

record() { printf '# made by scripts/setup-wasm-std.sh\nway=%s\nfor=%s\n' "$1" "$rustc_version" >"$WASM_STD"; }
recorded() { grep -qx "way=$1" "$WASM_STD" 2>/dev/null && grep -qxF "for=$rustc_version" "$WASM_STD"; }

# 1. The toolchain has it.
in_toolchain() { ls "$(rustc --print target-libdir --target "$WASM_TARGET")"/libstd-*.rlib >/dev/null 2>&1; }

# 2. rustup fetches it. The answer of a closed network is quick; one that swallows packets costs the time limit, once.
from_rustup() {
  have rustup || return 1
  RUSTUP_MAX_RETRIES=0 RUST_BACKTRACE=0 within 90 rustup target add "$WASM_TARGET" >>"$SETUP_LOG" 2>&1 && in_toolchain
}

# 3. Built from the source of exactly this compiler, which Debian packages and a rustup user may have.
from_source() {
  local library
  library=$(rustc --print sysroot)/lib/rustlib/src/rust/library
  if [ ! -f "$library/Cargo.lock" ]; then
    scripts/fetch-rust-src.sh "$release" || return 1
    library=$(echo "$ROOT"/target/rust-src/usr/src/rustc-*/library)
  fi
  say "building the wasm32 standard library into target/wasm-sysroot (about 30 s, once)"
  quietly build_sysroot "$library" || return 1
  rm -rf "$ROOT/target/rust-src"
}

# Never into the toolchain's own folder: a later `rustup target add` would leave two of each crate there (E0464).
build_sysroot() {
  local library=$1 lib=$WASM_SYSROOT/lib/rustlib/$WASM_TARGET/lib build=$ROOT/target/wasm-sysroot-build
  rm -rf "$WASM_SYSROOT" "$build"
  mkdir -p "$lib"
  (
    # In the folder of the source, since cargo reads its configuration from where it stands.
    cd "$library" || return 1
    # The flags the standard library is always built with; the bitcode is what fat LTO links.
    flags=-Zforce-unstable-if-unmarked$'\x1f'-Cembed-bitcode=yes$'\x1f'--remap-path-prefix=$library=/rust/library
    RUSTC_BOOTSTRAP=1 CARGO_TARGET_DIR=$build CARGO_ENCODED_RUSTFLAGS=$flags \
      cargo build --release -p sysroot --target "$WASM_TARGET"
  ) || return 1
  cp "$build/$WASM_TARGET"/release/deps/*.rlib "$lib/" || return 1
  rm -rf "$build"
}

# 4. Debian's own compiler, which brings its source, makes the page; rustup's goes on making everything else.
from_debian() {
  if [ ! -x /usr/bin/cargo ] || [ ! -d "$(/usr/bin/rustc --print sysroot 2>/dev/null)/lib/rustlib/src/rust/library" ] || ! have wasm-ld-19; then
    { have apt-get && can_be_root; } || return 1
    say "installing Debian's Rust for the web: the only one here that can compile for wasm32"
    apt_install rustc-web cargo-web rust-web-src rust-web-clippy lld-19
  fi
}

# What the toolchain has wins over what was chosen before it had it.
if in_toolchain; then recorded toolchain || record toolchain; exit 0; fi
if recorded built && [ -d "$WASM_SYSROOT" ]; then exit 0; fi
if recorded debian && [ -x /usr/bin/cargo ]; then exit 0; fi

rm -f "$WASM_STD"
say "looking for the wasm32 standard library of Rust $release"
if from_rustup; then record toolchain
elif from_source; then record built
elif from_debian; then record debian
else
  die "missing: the wasm32 standard library; the page cannot be compiled
!! type:    rustup target add $WASM_TARGET"
fi
