#!/usr/bin/env bash
# Rust -> www/pkg: blender_gsd.js and blender_gsd_bg.wasm, what the page loads.
. "$(dirname "$0")/wasm-env.sh"

LIMIT_KB=900 # with brotli, which every browser takes from a host: what a reviewer on a hotel's network waits for
OUT=www/pkg
STAMP=target/web-pkg.stamp

scripts/setup-native.sh
scripts/setup-wasm-std.sh
scripts/setup-wasm-bindgen.sh
scripts/setup-node.sh

wasm_cargo build --lib --no-default-features --features web --profile web
compiled=$(wasm_target_dir)/$WASM_TARGET/web/blender_gsd.wasm

# Cargo knows whether anything changed; what follows depends on its result, these scripts and the tools alone.
# By checksum, not by time: a branch switched back and forth makes an old result the right one again.
inputs=$(cat "$compiled" scripts/build-web.sh scripts/wasm-env.sh scripts/setup-node.sh Cargo.lock | cksum)
if [ -f "$OUT/blender_gsd_bg.wasm" ] && [ -f "$OUT/blender_gsd.js" ] && [ "$(cat "$STAMP" 2>/dev/null)" = "$inputs" ]; then
  exit 0
fi

# Made aside and moved in whole: a page must never see half a build.
made=$(mktemp -d target/web-pkg.XXXXXX)
trap 'rm -rf "$made"' EXIT
chmod 755 "$made"

"$TOOLS/bin/wasm-bindgen" --target web --no-typescript --out-name blender_gsd --out-dir "$made" "$compiled"
wasm=$made/blender_gsd_bg.wasm
# shellcheck disable=SC2046 # a list of flags
node "$NODE_HOME/node_modules/binaryen/bin/wasm-opt" -O3 $(wasm_opt_features) --strip-debug --strip-producers "$wasm" -o "$wasm.opt"
mv "$wasm.opt" "$wasm"

raw=$(wc -c <"$wasm")
gzip=$(gzip -9 -c "$wasm" | wc -c)
brotli=$(node -e 'const z = require("node:zlib"); process.stdout.write(String(z.brotliCompressSync(require("node:fs").readFileSync(process.argv[1])).length))' "$wasm")
say "page: $((raw / 1024)) KB of wasm, $((gzip / 1024)) KB gzipped, $((brotli / 1024)) KB with brotli (limit: $LIMIT_KB KB with brotli)"
[ "$brotli" -le "$((LIMIT_KB * 1024))" ] || die "the page grew past $LIMIT_KB KB: make it smaller, or raise LIMIT_KB in scripts/build-web.sh and say why"

mkdir -p www
rm -rf "$OUT"
mv "$made" "$OUT"
printf '%s\n' "$inputs" >"$STAMP"
