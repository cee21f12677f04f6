#!/usr/bin/env bash
# www/review.html: the built page as one file. scripts/build-web.sh comes first.
. "$(dirname "$0")/lib.sh"

[ -f www/pkg/blender_gsd_bg.wasm ] || die "www/pkg is not built: type \`make web\` first"
node scripts/review-html.mjs www/review.html.part
mv www/review.html.part www/review.html
