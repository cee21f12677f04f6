#!/usr/bin/env bash
# Unit, integration and documentation tests of the library and the command line. Arguments go to cargo test.
# In the dev profile: its overflow checks and debug assertions are half of what the tests are for.
. "$(dirname "$0")/lib.sh"

scripts/setup-native.sh
scripts/setup-media.sh
scripts/setup-editorial.sh
scripts/setup-opencolorio.sh
scripts/setup-blender.sh
scripts/setup-models.sh

cargo test "$@"
