// The report in other shapes: a table for a spreadsheet, the JSON as it came, a few lines for a mail.

import { frames, verdict } from "./words.js";
import { h } from "../dom.js";

const COLUMNS = ["shot", "severity", "category", "check", "frame", "last_frame", "peak_frame", "x", "y", "width", "height", "description", "measured", "limit", "suggestion", "file", "layer"];

/** A field as RFC 4180 wants it; text that a spreadsheet would take for a formula is marked as text. */
function field(value) {
  const plain = value === null || value === undefined ? "" : String(value);
  const safe = typeof value === "string" && /^[=+\-@\t\r]/.test(plain) ? `'${plain}` : plain;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** @param {{shot: any, issue: any}[]} found */
export function csv(found) {
  const line = ({ shot, issue }) => {
    const [x, y, width, height] = issue.region ?? [];
    return { ...issue, shot: shot.id, x, y, width, height };
  };
  return [COLUMNS, ...found.map((each) => { const row = line(each); return COLUMNS.map((name) => row[name]); })]
    .map((row) => `${row.map(field).join(",")}\r\n`).join("");
}

/** @param {any} pkg */
export function summary(pkg) {
  const lines = pkg.shots.flatMap((shot) => shot.issues.filter((issue) => issue.severity !== "info").map((issue) =>
    `${shot.id} ${frames(issue)} ${issue.severity.toUpperCase()} ${issue.check}: ${issue.description}`));
  return [`${pkg.name}: ${verdict(pkg).title}`, ...lines].join("\n");
}

/** Hands a file to the user. @param {BlobPart} content @param {string} name @param {string} type */
export function save(content, name, type) {
  const url = URL.createObjectURL(new Blob([content], { type }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
