#!/usr/bin/env bash
# Everything that the build, the demo and the tests need. Each part does nothing, quickly, when it is there already.
. "$(dirname "$0")/lib.sh"

scripts/setup-native.sh
scripts/setup-media.sh
scripts/setup-editorial.sh
scripts/setup-opencolorio.sh
scripts/setup-blender.sh
scripts/setup-wasm-std.sh
scripts/setup-wasm-bindgen.sh
scripts/setup-node.sh
scripts/setup-browser.sh
scripts/setup-firefox.sh
scripts/setup-models.sh
