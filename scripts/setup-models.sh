#!/usr/bin/env bash
# The models that read text in pictures, into target/models, for the proof in the tests: `blender-gsd models install` with
# the pip of target/editorial. A machine that cannot get them goes without, and the proof says that it was skipped.
. "$(dirname "$0")/lib.sh"

MODELS=$ROOT/target/models
PYTHON=$ROOT/target/editorial/bin/python3

# Whoever uses them looks at their checksums.
[ ! -f "$MODELS/ch_PP-OCRv4_det_infer.onnx" ] || [ ! -f "$MODELS/ch_PP-OCRv4_rec_infer.onnx" ] || exit 0
say "installing the models that read text into ${MODELS#"$ROOT/"}"
export PYTHON
quietly cargo run -- models install --to "$MODELS" || warn "without models, the reading of text is not tested"
