#!/usr/bin/env bash
# The libraries and decoders that ours are measured against: Python packages into target/venv, npm packages into
# target/bench. Nothing of them is needed to build, run or test.
. "$(dirname "$0")/lib.sh"

# Exact, so that figures of two days can be compared.
PYTHON_PACKAGES=(openexr==3.5.3 openimageio==3.2.2.0 opencolorio==2.6.0 numpy==2.4.6)
THREE=0.187.0
EXRS=1.0.3

VENV=$ROOT/target/venv
BENCH=$ROOT/target/bench

python_packages "$VENV" "to be measured against" "${PYTHON_PACKAGES[@]}"

scripts/setup-node.sh

# A folder of their own, since target/node is made anew whenever its list changes.
wanted='{ "private": true, "dependencies": { "exrs": "'$EXRS'", "three": "'$THREE'" } }'
stamp=$BENCH/.installed
[ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && exit 0

say "installing three $THREE and exrs $EXRS into target/bench: to be measured against"
mkdir -p "$BENCH"
rm -rf "$BENCH/node_modules"
printf '%s\n' "$wanted" >"$BENCH/package.json"
quietly npm install --prefix "$BENCH" --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error
printf '%s\n' "$wanted" >"$stamp"
