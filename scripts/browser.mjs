// selenium-webdriver out of target/node, and a browser set up as webdriver.json says: for tests/e2e and benchmarks.
//
//   import { By, openBrowser, until } from "../../scripts/browser.mjs";
//   const driver = await openBrowser();
//   try { await driver.get(url); … } finally { await driver.quit(); }
//
// scripts/setup-browser.sh finds CHROME and CHROMEDRIVER, scripts/setup-firefox.sh FIREFOX and GECKODRIVER; scripts/setup-node.sh installs selenium-webdriver.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const root = new URL("../", import.meta.url);
// Modules are looked for upwards from the importing file, which never passes target/node; require can be told where to start.
const require = createRequire(new URL("target/node/package.json", root));

export const { Builder, By, Key, until } = require("selenium-webdriver");
const chrome = require("selenium-webdriver/chrome.js");
const firefox = require("selenium-webdriver/firefox.js");

/** Why Firefox cannot be used here, or false. */
export const noFirefox = process.env.FIREFOX && process.env.GECKODRIVER ? false : "there is no Firefox with geckodriver here (scripts/setup-firefox.sh)";

/** A new Firefox with a profile of its own, without a window. */
export function openFirefox() {
  const options = new firefox.Options().addArguments("-headless", "-width", "1440", "-height", "1040").setBinary(process.env.FIREFOX);
  // Machines without a GPU draw in software; where not even that is there, the page does without WebGL.
  options.setPreference("webgl.force-enabled", true);
  return new Builder()
    .forBrowser("firefox")
    .setFirefoxOptions(options)
    .setFirefoxService(new firefox.ServiceBuilder(process.env.GECKODRIVER))
    .build();
}

/** A new browser with a profile of its own. `args` are added to those of webdriver.json. */
export async function openBrowser({ args = [], preferences = {} } = {}) {
  const { CHROME, CHROMEDRIVER } = process.env;
  const shared = JSON.parse(readFileSync(new URL("webdriver.json", root), "utf8"))["goog:chromeOptions"].args;
  const options = new chrome.Options().addArguments(...shared, ...args).setUserPreferences(preferences);
  if (CHROME) options.setChromeBinaryPath(CHROME);
  // With no driver named, selenium would download one.
  if (!CHROMEDRIVER) throw new Error("CHROMEDRIVER is not set: run the tests with `make test-e2e`");
  return new Builder()
    .forBrowser("chrome")
    .setChromeOptions(options)
    .setChromeService(new chrome.ServiceBuilder(CHROMEDRIVER))
    .build();
}
