# shellcheck shell=bash disable=SC2034 # what is set here is used by those who source it
# Sourced first by every script here: where things are, how we speak, how we install.
# Written for bash 3.2, the one macOS has.
set -euo pipefail

ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$ROOT"

# Whatever does not come from the system's package manager lives in target/, so that `make clean` takes it all away.
TOOLS=$ROOT/target/tools       # cargo install --root
NODE_HOME=$ROOT/target/node    # npm install --prefix
SETUP_LOG=$ROOT/target/setup.log
mkdir -p "$ROOT/target"

# Cargo's own output may be elsewhere (a shared cache); scripts must then look there and nowhere else.
CARGO_TARGET_DIR=${CARGO_TARGET_DIR:-target}
case $CARGO_TARGET_DIR in /*) ;; *) CARGO_TARGET_DIR=$ROOT/$CARGO_TARGET_DIR ;; esac
export CARGO_TARGET_DIR

# rustup puts itself in the login shell's PATH only; CI and cron have no login shell.
command -v cargo >/dev/null || PATH=$PATH:${CARGO_HOME:-$HOME/.cargo}/bin

# A machine that builds once gains nothing from incremental files.
if [ -n "${CI:-}" ]; then export CARGO_INCREMENTAL=0 CARGO_TERM_PROGRESS_WHEN=never; fi

have() { command -v "$1" >/dev/null 2>&1; }
# first CANDIDATE...: the path of the first that exists.
first() {
  local candidate
  for candidate in "$@"; do command -v "$candidate" && return; done
  return 1
}
say() { printf '%s\n' "-- $*" >&2; }
warn() { printf '%s\n' "!! $*" >&2; }
die() { warn "$@"; exit 1; }
# What could not be checked has not passed: a status of its own (automake's), which test.sh shows in its summary.
SKIPPED=77
skip() { warn "SKIPPED: $*"; exit "$SKIPPED"; }

# quietly COMMAND...: its output goes to the log, and is shown only when it fails.
quietly() {
  local start
  printf '\n$ %s\n' "$*" >>"$SETUP_LOG"
  start=$(wc -l <"$SETUP_LOG")
  "$@" >>"$SETUP_LOG" 2>&1 </dev/null && return
  warn "failed: $*"
  tail -n +"$((start + 1))" "$SETUP_LOG" | tail -n 25 >&2
  return 1
}

# within SECONDS COMMAND...: gives up after that long. (macOS has no timeout(1).)
within() {
  local limit=$1 child waited=0
  shift
  "$@" </dev/null &
  child=$!
  while kill -0 "$child" 2>/dev/null; do
    if [ "$waited" -ge "$((limit * 10))" ]; then kill "$child" 2>/dev/null; wait "$child" 2>/dev/null; return 124; fi
    sleep 0.1
    waited=$((waited + 1))
  done
  wait "$child"
}

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif [ -t 0 ]; then sudo "$@"        # may ask for a password
  else sudo -n "$@"                    # must not wait for one that nobody will type
  fi
}
can_be_root() { [ "$(id -u)" = 0 ] || { have sudo && { [ -t 0 ] || sudo -n true 2>/dev/null; }; }; }

apt_install() {
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
  quietly_try as_root "${apt[@]}" install -y --no-install-recommends "$@" && return
  # The package lists are absent (a fresh container) or older than the mirror: fetch them and try once more.
  quietly as_root "${apt[@]}" update && quietly as_root "${apt[@]}" install -y --no-install-recommends "$@"
}
quietly_try() { printf '\n$ %s\n' "$*" >>"$SETUP_LOG"; "$@" >>"$SETUP_LOG" 2>&1 </dev/null; }

# provide "WHAT, and why" MANAGER="package ..."...: installs with apt where we may, else prints the one line to type.
provide() {
  local what=$1 pair line=""
  shift
  if have apt-get && can_be_root; then
    for pair in "$@"; do
      case $pair in
        apt=*)
          say "installing ${pair#apt=}: $what"
          # shellcheck disable=SC2086 # a list of package names
          apt_install ${pair#apt=} && return
          ;;
      esac
    done
  fi
  for pair in "$@"; do
    case $pair in
      apt=*) have apt-get && line="sudo apt-get update && sudo apt-get install ${pair#apt=}" ;;
      brew=*) have brew && line="brew install ${pair#brew=}" ;;
      dnf=*) have dnf && line="sudo dnf install ${pair#dnf=}" ;;
      pacman=*) have pacman && line="sudo pacman -S ${pair#pacman=}" ;;
      *) ;;
    esac
    [ -z "$line" ] || break
  done
  die "missing: $what${line:+
!! type:    $line}"
}

# python_packages FOLDER "what for" PACKAGE==VERSION...: a virtual environment with just these versions in it.
python_packages() {
  local venv=$1 why=$2 found
  shift 2
  have python3 && python3 -c 'import ensurepip, venv' 2>/dev/null ||
    provide "Python 3 with venv, $why" apt="python3 python3-venv" brew=python dnf=python3 pacman=python
  # Asked for in any case: whatever else uses the folder may have put other versions there.
  found=$("$venv/bin/pip" freeze 2>/dev/null | grep -cixF "$(printf '%s\n' "$@")" || true)
  [ "$found" != "$#" ] || return 0
  say "installing $* into ${venv#"$ROOT/"}: $why"
  [ -x "$venv/bin/pip" ] || quietly python3 -m venv "$venv"
  quietly "$venv/bin/pip" install --disable-pip-version-check "$@"
}
