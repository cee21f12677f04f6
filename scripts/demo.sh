#!/usr/bin/env bash
# From a fresh clone to results in output/: sets up, builds, runs.
. "$(dirname "$0")/lib.sh"

GSD=$CARGO_TARGET_DIR/release/blender-gsd
FIXTURES=tests/fixtures
OUT=output

# step TEXT COMMAND...: says what it does and shows the line that does it, for the reader to type again.
step() {
  printf '\n== %s\n$' "$1"
  shift
  printf ' %s' "$@"
  printf '\n'
  "$@"
}

# findings TEXT COMMAND...: a step that may find errors (exit 1), which is what a check is for; only "could not do it"
# stops the demonstration.
findings() {
  local code=0
  step "$@" || code=$?
  [ "$code" -le 1 ] || return "$code"
}

steps() {
  local scene=$FIXTURES/demo/composites/SCN-002 shot
  step "What a frame says about itself" "$GSD" inspect "$scene/SHOT-002-001/SHOT-002-001_comp.1001.exr"
  for shot in SHOT-002-001 SHOT-002-002 SHOT-002-003; do
    step "$shot as an exact sRGB picture" \
      "$GSD" convert "$scene/$shot/${shot}_comp.1001.exr" "$OUT/$shot.png" --display srgb
  done
  step "The three views of one frame side by side: ACES 2.0, ACES 1.3, un-tone-mapped" \
    "$GSD" convert "$scene/SHOT-002-002/SHOT-002-002_comp.1001.exr" "$OUT/views.png" --display srgb \
    --view aces-2.0 --beside aces-1.3 --beside untonemapped
  step "The frame as 16-bit Rec.709, one stop under" \
    "$GSD" convert "$scene/SHOT-002-002/SHOT-002-002_comp.1001.exr" "$OUT/SHOT-002-002_rec709.png" --bits 16 --exposure -1
  findings "Quality control of the scene (small samples, so their size is an error)" \
    "$GSD" validate-output --path "$scene" --report "$OUT/qc_report.json"
  findings "A frame with NaN and infinity in it" \
    "$GSD" validate-output --path "$FIXTURES/openexr/BrightRingsNanInf.exr" --format none
}

prepare() {
  scripts/setup-native.sh
  scripts/setup-media.sh
  scripts/build-web.sh
  cargo build --release
}

farewell() {
  cat <<END

Look in   $OUT/              the pictures, and qc_report.json
Next      make serve    the review page: drag frames onto it
          make help     everything else
END
}

prepare
mkdir -p "$OUT"
steps
farewell
