#!/usr/bin/env bash
# npm packages, into target/node: binaryen (wasm-opt), selenium-webdriver (drives the browser in tests/e2e), axe-core (looks for
# what shuts people out, in the same tests).
. "$(dirname "$0")/lib.sh"

# binaryen must know every feature rustc switches on; 4.43 is selenium's last line for Node 20.
BINARYEN=132.0.0
SELENIUM=4.43.0
AXE=4.10.3

{ have node && have npm; } || die "missing: Node 20 or newer with npm (wasm-opt and the browser tests run on it)"
case $(node --version) in
  v1[0-9].* | v[0-9].*) die "Node 20 or newer is needed, this is $(node --version)" ;;
esac

# No lock file: it would carry the address of whichever registry made it. The exact versions above are the lock.
wanted='{ "private": true, "dependencies": { "binaryen": "'$BINARYEN'", "selenium-webdriver": "'$SELENIUM'", "axe-core": "'$AXE'" } }'
stamp=$NODE_HOME/.installed
[ "$(cat "$stamp" 2>/dev/null)" = "$wanted" ] && exit 0

say "installing binaryen $BINARYEN, selenium-webdriver $SELENIUM and axe-core $AXE into target/node: to optimise the page's wasm, and to test it"
rm -rf "$NODE_HOME"
mkdir -p "$NODE_HOME"
printf '%s\n' "$wanted" >"$NODE_HOME/package.json"
quietly npm install --prefix "$NODE_HOME" --no-package-lock --no-audit --no-fund --ignore-scripts --loglevel=error
printf '%s\n' "$wanted" >"$stamp"
