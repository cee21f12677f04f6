#!/usr/bin/env bash
# Fuzzing of everything that reads what others wrote: fuzz.sh [SECONDS [TARGET...]]; SECONDS is for each target.
# First every crash that was ever found (tests/fixtures/fuzz) and the good files, then changes of them. What is found stays in
# target/fuzz/corpus for the next run. Built with the stable compiler: its coverage counters are all that libFuzzer needs.
. "$(dirname "$0")/lib.sh"

SECONDS_EACH=${1:-10}
[ $# -gt 0 ] && shift
case $SECONDS_EACH in *[!0-9]*) die "usage: scripts/fuzz.sh [SECONDS [TARGET...]]" ;; esac
WORK=$ROOT/target/fuzz
FIXTURES=tests/fixtures

ALL=$(sed -n 's/^name = "\([a-z]*\)"$/\1/p' fuzz/Cargo.toml)
TARGETS=${*:-$ALL}

scripts/setup-native.sh

# seeds TARGET: the files that its corpus begins with. Large ones would only make it slow.
seeds() {
  local place
  for place in "fuzz/seeds/$1" "$FIXTURES/fuzz/$1" $(sed -n "s/^$1 //p" fuzz/seeds.txt); do
    [ ! -e "$place" ] || find "$place" -type f -size -100k ! -name '*.py' ! -name '*.rs' ! -name 'LICENSE*' ! -name '*.md'
  done
}

# plant TARGET: copies the seeds, each under a name of its own.
plant() {
  local target=$1 file corpus=$WORK/corpus/$1
  mkdir -p "$corpus" "$WORK/found/$target"
  seeds "$target" | while read -r file; do
    cp "$file" "$corpus/seed-$(printf '%s' "$file" | cksum | cut -d ' ' -f 1)"
  done
}

build() {
  local counters="-C passes=sancov-module -C llvm-args=-sanitizer-coverage-level=4"
  counters="$counters -C llvm-args=-sanitizer-coverage-inline-8bit-counters -C llvm-args=-sanitizer-coverage-pc-table"
  # With --target, what runs at build time is not counted.
  RUSTFLAGS="$counters --cfg fuzzing" CARGO_TARGET_DIR="$WORK/build" \
    cargo build --release --manifest-path fuzz/Cargo.toml --target "$HOST" "$@"
}

HOST=$(rustc -vV | sed -n 's/^host: //p')
say "building"
bins=()
for target in $TARGETS; do bins+=(--bin "$target"); done
build "${bins[@]}"

failed=""
for target in $TARGETS; do
  plant "$target"
  say "fuzzing $target for $SECONDS_EACH s"
  # A frame of 16 MiB, what it takes to decode it, and the fuzzer's own.
  "$WORK/build/$HOST/release/$target" "$WORK/corpus/$target" -max_total_time="$SECONDS_EACH" -timeout=20 -rss_limit_mb=600 \
    -max_len=131072 -print_final_stats=1 -artifact_prefix="$WORK/found/$target/" >"$WORK/$target.log" 2>&1 || failed="$failed $target"
  grep -E 'stat::number_of_executed_units|stat::peak_rss_mb' "$WORK/$target.log" | sed 's/^stat::/   /' >&2 || true
done
for target in $failed; do
  warn "$target failed:"
  tail -n 40 "$WORK/$target.log" >&2
done
[ -z "$failed" ] || die "what makes it fail is in $WORK/found: mend it, and keep the file in $FIXTURES/fuzz/TARGET"
