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
  printf ' %q' "$@"
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

# A project of its own: one shot whose composite is EXR frames, one whose composite is a .blend.
project() {
  local scene=$OUT/composites/SCN-002
  mkdir -p "$scene/SHOT-002-004"
  # With their times: what has not changed is not made again when the demonstration is run twice.
  cp -Rp "$FIXTURES/demo/composites/SCN-002/SHOT-002-001" "$scene/"
  cp -p "$FIXTURES/blend/shot.blend" "$scene/SHOT-002-004/SHOT-002-004_comp.blend"
  printf '[output]\nfolder = "editorial/{scene}"\n' >"$OUT/gsd.toml"
}

# probe FILE: what ffprobe says of a movie, in a line.
probe() {
  ffprobe -v error -select_streams v:0 -of compact=p=0:nk=1 -show_entries \
    stream=codec_name,profile,width,height,pix_fmt,color_range,color_space,color_transfer,color_primaries,r_frame_rate,nb_frames:stream_tags=timecode,reel_name \
    "$1" | sed "s|^|${1##*/}  |"
}

delivery() {
  local file
  project
  step "Two shots, one of them rendered by Blender: master EXR, ProRes 4444, ProRes 422, H.264" \
    "$GSD" batch-export --project "$OUT" --scene SCN-002 --formats all
  step "The same again: everything is there" \
    "$GSD" batch-export --project "$OUT" --scene SCN-002 --formats all
  printf '\n== What ffprobe says of the movies\n'
  for file in "$OUT"/editorial/SCN-002/*/*.mov "$OUT"/editorial/SCN-002/*/*.mp4; do probe "$file"; done
}

# What editorial receives: the same files with metadata, conform files, the report, checksums, and a page to review them with.
package() {
  step "The package that editorial receives" \
    "$GSD" create-package --project "$OUT" --scene SCN-002 --output "$OUT/packages" --replace \
    --accept-qc-errors "a demonstration on small samples"
  step "Whether it is still what was packed" "$GSD" verify-package "$OUT/packages/SCN-002"
  find "$OUT/packages/SCN-002" -type f | sort | sed "s|^$OUT/packages/|  |"
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
  scripts/setup-blender.sh
  scripts/build-web.sh
  scripts/build-review-html.sh # before the binary, which carries it
  cargo build --release
}

farewell() {
  cat <<END

Look in   $OUT/              the pictures, and qc_report.json
          $OUT/editorial/    masters, ProRes and H.264 of two shots
Open      $OUT/packages/SCN-002/review.html    in a browser: the package, with its movies and its findings
Next      make serve    the review page: drag frames onto it
          make help     everything else
END
}

prepare
mkdir -p "$OUT"
steps
delivery
package
farewell
