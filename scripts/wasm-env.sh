# shellcheck shell=bash
# Sourced by all that compiles for the page: one set of features, one way to call cargo.
# shellcheck source=lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

WASM_TARGET=wasm32-unknown-unknown
WASM_STD=$ROOT/target/wasm-std.env     # written by setup-wasm-std.sh
WASM_SYSROOT=$ROOT/target/wasm-sysroot # only there when the standard library had to be built

# Every browser with WebGL2 and WebCodecs has these (all since 2021; Safari's SIMD since 16.4, 2023).
WASM_FEATURES=+simd128,+bulk-memory,+nontrapping-fptoint,+sign-ext,+mutable-globals

# The same list in the words of wasm-opt, after what rustc switches on by itself.
wasm_opt_features() {
  local feature
  printf '%s\n' --enable-reference-types --enable-multivalue
  for feature in ${WASM_FEATURES//,/ }; do
    case $feature in
      +simd128) echo --enable-simd ;;
      +nontrapping-fptoint) echo --enable-nontrapping-float-to-int ;;
      *) echo "--enable-${feature#+}" ;;
    esac
  done
}

# wasm_cargo SUBCOMMAND ARGS...: cargo for the page, with the standard library that setup-wasm-std.sh settled on.
# The flags go through the "encoded" variables: those outrank any other setting and survive a space in the path.
wasm_cargo() {
  local command=$1 rustflags sysroot
  shift
  # What a panic says should name the crate, not the home of whoever built the page.
  rustflags=-Ctarget-feature=$WASM_FEATURES$'\x1f'--remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}/registry/src=/crates
  case $(wasm_std_way) in
    built)
      sysroot=--sysroot=$WASM_SYSROOT
      CARGO_ENCODED_RUSTFLAGS="$rustflags"$'\x1f'"$sysroot" \
        CARGO_ENCODED_RUSTDOCFLAGS="$sysroot"${RUSTDOCFLAGS:+$'\x1f'$RUSTDOCFLAGS} \
        cargo "$command" --target "$WASM_TARGET" "$@"
      ;;
    debian)
      # Debian's compiler, first in PATH for this one command; its target folder is apart, for it is another version.
      PATH=/usr/bin:$PATH RUSTC=/usr/bin/rustc RUSTDOC=/usr/bin/rustdoc RUSTC_BOOTSTRAP=1 \
        CARGO_TARGET_DIR="$(wasm_target_dir)" CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER=wasm-ld-19 \
        CARGO_ENCODED_RUSTFLAGS="$rustflags" \
        /usr/bin/cargo "$command" -Zbuild-std=std,panic_abort --target "$WASM_TARGET" "$@"
      ;;
    *) CARGO_ENCODED_RUSTFLAGS="$rustflags" cargo "$command" --target "$WASM_TARGET" "$@" ;;
  esac
}

# toolchain | built | debian
wasm_std_way() { sed -n 's/^way=//p' "$WASM_STD" 2>/dev/null || true; }

wasm_target_dir() {
  if [ "$(wasm_std_way)" = debian ]; then echo "$CARGO_TARGET_DIR/debian"; else echo "$CARGO_TARGET_DIR"; fi
}
