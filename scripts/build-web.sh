#!/usr/bin/env bash
# Rust -> www/pkg: blender_gsd, what the page loads, and blender_gsd_text, which it loads where there are models for text.
. "$(dirname "$0")/wasm-env.sh"

# In KB with brotli, which every browser takes from a host: what a reviewer on a hotel's network waits for.
LIMIT_KB=900
TEXT_LIMIT_KB=400
OUT=www/pkg
STAMP=target/web-pkg.stamp

scripts/setup-native.sh
scripts/setup-wasm-std.sh
scripts/setup-wasm-bindgen.sh
scripts/setup-node.sh

# The two are one library with different features. Cargo calls both by the same name, so each has a folder of its own.
TEXT_TARGET=$(wasm_target_dir)/text
wasm_cargo build --lib --no-default-features --features web --profile web
wasm_cargo build --lib --no-default-features --features web-text --profile web --target-dir "$TEXT_TARGET"
compiled=$(wasm_target_dir)/$WASM_TARGET/web/blender_gsd.wasm
compiled_text=$TEXT_TARGET/$WASM_TARGET/web/blender_gsd.wasm

# Cargo knows whether anything changed; what follows depends on its result, these scripts and the tools alone.
# By checksum, not by time: a branch switched back and forth makes an old result the right one again.
inputs=$(cat "$compiled" "$compiled_text" scripts/build-web.sh scripts/wasm-env.sh scripts/setup-node.sh Cargo.lock | cksum)
if [ -f "$OUT/blender_gsd_bg.wasm" ] && [ -f "$OUT/blender_gsd_text_bg.wasm" ] && [ "$(cat "$STAMP" 2>/dev/null)" = "$inputs" ]; then
  exit 0
fi

# Made aside and moved in whole: a page must never see half a build.
made=$(mktemp -d target/web-pkg.XXXXXX)
trap 'rm -rf "$made"' EXIT
chmod 755 "$made"

# module NAME COMPILED LIMIT: its JavaScript and its optimised WebAssembly, which must not outgrow the limit.
module() {
  local name=$1 compiled=$2 limit=$3 wasm raw gzip brotli
  wasm=$made/${name}_bg.wasm
  "$TOOLS/bin/wasm-bindgen" --target web --no-typescript --out-name "$name" --out-dir "$made" "$compiled"
  # shellcheck disable=SC2046 # a list of flags
  node "$NODE_HOME/node_modules/binaryen/bin/wasm-opt" -O3 $(wasm_opt_features) --strip-debug --strip-producers "$wasm" -o "$wasm.opt"
  mv "$wasm.opt" "$wasm"
  raw=$(wc -c <"$wasm")
  gzip=$(gzip -9 -c "$wasm" | wc -c)
  brotli=$(node -e 'const z = require("node:zlib"); process.stdout.write(String(z.brotliCompressSync(require("node:fs").readFileSync(process.argv[1])).length))' "$wasm")
  say "$name: $((raw / 1024)) KB of wasm, $((gzip / 1024)) KB gzipped, $((brotli / 1024)) KB with brotli (limit: $limit KB with brotli)"
  [ "$brotli" -le "$((limit * 1024))" ] || die "$name grew past $limit KB: make it smaller, or raise its limit in scripts/build-web.sh and say why"
}
module blender_gsd "$compiled" "$LIMIT_KB"
module blender_gsd_text "$compiled_text" "$TEXT_LIMIT_KB"

mkdir -p www
rm -rf "$OUT"
mv "$made" "$OUT"
printf '%s\n' "$inputs" >"$STAMP"
