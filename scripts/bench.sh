#!/usr/bin/env bash
# Benchmarks against the programs that others use, in one run, and one table at the end: bench.sh [decode|browser|export|growth|all].
# `bench.sh text` is apart: nobody else's program is beside it, and both rows are ours, native and in WebAssembly.
# Figures, with every single time, go to target/bench. docs/BENCHMARKS.md says what the rows mean.
. "$(dirname "$0")/lib.sh"

BENCH=$ROOT/target/bench
ROUNDS=${ROUNDS:-11}
what=${1:-all}

case $what in decode | browser | export | growth | text | all) ;; *) die "usage: scripts/bench.sh [decode|browser|export|growth|text|all]" ;; esac

mkdir -p "$BENCH"
scripts/setup-native.sh
if [ "$what" = text ]; then
  scripts/setup-models.sh
  scripts/build-web.sh
  cargo bench --bench kernels -- text
  exec node benches/wasm_text.mjs www/pkg target/models "${ROUNDS}"
fi
scripts/setup-bench.sh

# build_serve: prints the path of our side, which has a hash in its name.
build_serve() {
  cargo bench --no-run --bench serve --message-format=json | "$ROOT/target/venv/bin/python" -c '
import json, sys
for line in sys.stdin:
    message = json.loads(line)
    if message.get("executable") and message["target"]["name"] == "serve":
        print(message["executable"])
'
}

# glibc keeps what is freed, for everybody: otherwise each decode of those who hand out new arrays begins with 20,000
# page faults, which is a matter of the caller and not of the decoder.
decode() {
  MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=$((8 << 30)) \
    "$ROOT/target/venv/bin/python" benches/decode_peers.py "$serve" "$BENCH" --rounds "$ROUNDS"
}

# The page's colour alone, in V8.
build_wasm_color() {
  (
    . scripts/wasm-env.sh
    wasm_cargo build --quiet --profile web --no-default-features --features bench-wasm --example wasm_color
    printf '%s\n' "$(wasm_target_dir)/$WASM_TARGET/web/examples/wasm_color.wasm"
  )
}

wasm_color() { node benches/wasm_color.mjs "$wasm" "$BENCH" "$ROUNDS"; }

browser() {
  [ -f "$BENCH/plate-zip.exr" ] || printf 'plate\t%s\n' "$BENCH/plate-zip.exr" | "$serve" >/dev/null
  node benches/browser/run.mjs "$BENCH" "$ROUNDS"
}

# Two seconds of film in three movies take a while each time: fewer rounds tell as much.
export_movies() {
  "$ROOT/target/venv/bin/python" benches/export_peers.py "$CARGO_TARGET_DIR/release/blender-gsd" "$serve" "$BENCH" \
    --rounds "${EXPORT_ROUNDS:-3}" --long "${EXPORT_LONG:-600}" --parts "${EXPORT_PARTS:-three,aces,checks,memory,quality}"
}

# How our own time and memory grow with frames, threads and width.
growth() { "$ROOT/target/venv/bin/python" benches/growth.py "$CARGO_TARGET_DIR/release/blender-gsd" "$serve" "$BENCH"; }

# wants PART: whether it was asked for.
wants() { [ "$what" = all ] || [ "$what" = "$1" ]; }

# Everything is built before anything is measured.
say "building"
serve=$(build_serve)
[ -x "$serve" ] || die "cargo did not say where it put benches/serve.rs"
if wants decode; then
  scripts/setup-wasm-std.sh
  wasm=$(build_wasm_color)
fi
if wants browser; then
  scripts/build-web.sh
  . scripts/setup-browser.sh
fi
if wants export || wants growth; then
  scripts/setup-media.sh
  cargo build --release
fi

reports=()
if wants decode; then
  rm -f "$BENCH/decode.json" "$BENCH/wasm.json"
  decode
  wasm_color
  reports+=("$BENCH/decode.json" "$BENCH/wasm.json")
fi
if wants browser; then
  rm -f "$BENCH/browser.json"
  browser
  reports+=("$BENCH/browser.json")
fi
if wants export; then
  rm -f "$BENCH/export.json"
  export_movies
  reports+=("$BENCH/export.json")
fi
if wants growth; then
  rm -f "$BENCH/growth.json"
  growth
  reports+=("$BENCH/growth.json")
fi
"$ROOT/target/venv/bin/python" benches/report.py "${reports[@]}"
