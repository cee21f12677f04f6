#!/usr/bin/env bash
# Benchmarks. TO BE FILLED.
. "$(dirname "$0")/lib.sh"

scripts/setup-native.sh
scripts/setup-media.sh

cargo bench "$@"
