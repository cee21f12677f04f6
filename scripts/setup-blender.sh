#!/usr/bin/env bash
# Blender, which renders composites that are .blend files: any version from 3.4 on, found as the program finds it (BLENDER,
# then PATH). With GSD_SLOW also Blender 5 as a Python module, in target/bpy (0.8 GB), with which the slow tests render too.
. "$(dirname "$0")/lib.sh"

have "${BLENDER:-blender}" ||
  provide "Blender, which renders composites that are .blend files" \
    apt=blender brew="--cask blender" dnf=blender pacman=blender

[ -n "${GSD_SLOW:-}" ] || exit 0

BPY=5.0.1
PYTHON=python3.11 # the one that this module is made for
VENV=$ROOT/target/bpy

starts() { "$VENV/bin/python" -c 'import bpy' >>"$SETUP_LOG" 2>&1; }
can_make_venv() { have "$PYTHON" && "$PYTHON" -c 'import ensurepip, venv' 2>/dev/null; }

starts && exit 0
can_make_venv ||
  provide "Python 3.11 with venv, for Blender $BPY as a module" apt="python3.11 python3.11-venv" brew=python@3.11 dnf=python3.11
say "installing Blender $BPY as a Python module into target/bpy (0.8 GB): the slow tests render with it"
quietly "$PYTHON" -m venv "$VENV"
quietly "$VENV/bin/pip" install --disable-pip-version-check "bpy==$BPY"
starts || provide "libraries that Blender $BPY loads even without a window" apt="libgl1 libsm6 libxi6 libxkbcommon0 libxrender1"
starts || die "Blender $BPY does not start: see $SETUP_LOG"
