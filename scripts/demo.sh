#!/usr/bin/env bash
# From a fresh clone to results in output/: sets up, builds, runs.
. "$(dirname "$0")/lib.sh"

GSD=$CARGO_TARGET_DIR/release/blender-gsd
# shellcheck disable=SC2034 # until the steps use it
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

# ---------------------------------------------------------------------------------------------------------------------
# The demonstration itself. TO BE FILLED: steps over $FIXTURES into $OUT.
steps() {
  step "The commands there are" "$GSD" --help
}
# ---------------------------------------------------------------------------------------------------------------------

prepare() {
  scripts/setup-native.sh
  scripts/setup-media.sh
  scripts/build-web.sh
  cargo build --release
}

farewell() {
  cat <<END

Look in   $OUT/
Next      make serve    the review page: drag frames onto it
          make help     everything else
END
}

prepare
mkdir -p "$OUT"
steps
farewell
