#!/usr/bin/env bash
# The reference for colour: OpenColorIO from PyPI, into target/opencolorio. Tests that want it fail in CI without it, and
# say elsewhere that they were skipped.
. "$(dirname "$0")/lib.sh"

python_packages "$ROOT/target/opencolorio" "to hold our colour against" opencolorio==2.6.0 numpy==2.4.6
