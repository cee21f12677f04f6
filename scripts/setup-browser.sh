#!/usr/bin/env bash
# Chromium and chromedriver, for the browser tests. Source it to get CHROME and CHROMEDRIVER; both may be set beforehand.
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

find_browser() {
  CHROME=$(first ${CHROME:+"$CHROME"} chromium chromium-browser google-chrome google-chrome-stable chrome \
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium") &&
    CHROMEDRIVER=$(first ${CHROMEDRIVER:+"$CHROMEDRIVER"} ${CHROMEWEBDRIVER:+"$CHROMEWEBDRIVER/chromedriver"} chromedriver)
}

find_browser || {
  provide "Chromium and its chromedriver, to test the page in" \
    apt="chromium chromium-driver" brew="--cask google-chrome chromedriver" dnf="chromium chromedriver" pacman="chromium"
  find_browser || die "installed, but still no chromium and chromedriver in PATH: set CHROME and CHROMEDRIVER to their paths"
}
export CHROME CHROMEDRIVER
