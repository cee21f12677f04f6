#!/usr/bin/env bash
# The references for colour and pixels: OpenColorIO and OpenEXR from PyPI, into target/opencolorio. Tests that want them fail
# in CI without, and say elsewhere that they were skipped.
. "$(dirname "$0")/lib.sh"

python_packages "$ROOT/target/opencolorio" "to hold our colour and pixels against" opencolorio==2.6.0 openexr==3.5.3 numpy==2.4.6
