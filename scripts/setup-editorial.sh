#!/usr/bin/env bash
# The programs that read a package and a farm job back in the tests: OpenTimelineIO with its EDL and ALE adapters, ascmhl
# with the schemas of its histories, openjd, and jsonschema. Python packages, into target/editorial. Tests that want them
# fail in CI without them, and say elsewhere that they were skipped.
. "$(dirname "$0")/lib.sh"

ASCMHL=ascmhl==1.2
PYTHON_PACKAGES=(OpenTimelineIO==0.18.1 otio-cmx3600-adapter==1.0.0 otio-ale-adapter==1.1.0 "$ASCMHL" openjd-cli==0.8.0
  jsonschema==4.25.1)
VENV=$ROOT/target/editorial
# Where ascmhl looks for the schemas, when it is started in the folder above; only its source package brings them.
SCHEMAS=$VENV/xsd

python_packages "$VENV" "to read packages and farm jobs back in the tests" "${PYTHON_PACKAGES[@]}"

[ -f "$SCHEMAS/ASCMHL.xsd" ] && exit 0
source=$VENV/source
mkdir -p "$source"
quietly "$VENV/bin/pip" download --disable-pip-version-check --no-deps --no-binary :all: --dest "$source" "$ASCMHL"
tar -xzf "$source/${ASCMHL%%==*}-${ASCMHL##*==}.tar.gz" -C "$source"
mv "$source/${ASCMHL%%==*}-${ASCMHL##*==}/xsd" "$SCHEMAS"
rm -rf "$source"
