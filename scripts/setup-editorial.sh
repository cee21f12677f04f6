#!/usr/bin/env bash
# The programs that read a package back in the tests: OpenTimelineIO with its EDL and ALE adapters, and ascmhl. Python
# packages, into target/editorial; the tests that want them say so and pass without.
. "$(dirname "$0")/lib.sh"

PYTHON_PACKAGES=(OpenTimelineIO==0.18.1 otio-cmx3600-adapter==1.0.0 otio-ale-adapter==1.1.0 ascmhl==1.2)
VENV=$ROOT/target/editorial

can_make_venv() { have python3 && python3 -c 'import ensurepip, venv' 2>/dev/null; }

can_make_venv || provide "Python 3 with venv, for the programs that read packages back in the tests" \
  apt="python3 python3-venv" brew=python dnf=python3 pacman=python

found=$("$VENV/bin/pip" freeze 2>/dev/null | grep -cixF "$(printf '%s\n' "${PYTHON_PACKAGES[@]}")" || true)
[ "$found" = "${#PYTHON_PACKAGES[@]}" ] && exit 0

say "installing ${PYTHON_PACKAGES[*]} into target/editorial: to read packages back in the tests"
[ -x "$VENV/bin/pip" ] || quietly python3 -m venv "$VENV"
quietly "$VENV/bin/pip" install --disable-pip-version-check "${PYTHON_PACKAGES[@]}"
