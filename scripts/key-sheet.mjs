// docs/KEYS.md out of the page's key table: node scripts/key-sheet.mjs > docs/KEYS.md. A test fails when they differ.

import { KEYS, isSingleKey, keyLabel } from "../www/js/keys.js";

const cell = (key) => `<kbd>${keyLabel(key).replace("`", "&#96;").replace("<", "&lt;")}</kbd>`;
const groups = [...new Set(KEYS.map(({ group }) => group))];
const rows = (group) => KEYS.filter((entry) => entry.group === group).map(({ label, keys }) => `| ${label} | ${keys.map(cell).join(" ")} |`);

export const sheet = `# Keys of the review page

Made from \`www/js/keys.js\` by \`scripts/key-sheet.mjs\`. On a Mac, Ctrl is Cmd. The ${KEYS.filter(({ keys }) => keys.some(isSingleKey)).length} commands with single keys can be
silenced in the help sheet (<kbd>?</kbd>), for those who speak to their computer or use a screen reader.

${groups.map((group) => `## ${group}\n\n| | |\n|---|---|\n${rows(group).join("\n")}\n`).join("\n")}`;

if (process.argv[1] === new URL(import.meta.url).pathname) process.stdout.write(sheet);
