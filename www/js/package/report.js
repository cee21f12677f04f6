// qc_report.json as the page trusts it: every field is looked at, and nothing that is in the file is thrown away.

import { WORST } from "../shots.js";

const SCHEMA = 1;
const ISSUE = new Set(["check", "severity", "category", "description", "frame", "last_frame", "peak_frame", "region", "file", "measured", "limit", "suggestion", "picture"]);
const SHOT = new Set(["shot_id", "status", "frame_range", "files", "checks", "issues", "metrics"]);
const REPORT = new Set(["schema_version", "generator", "generated_at", "scene_id", "view", "period_year", "summary", "shots"]);
const STATUS_OF = { error: "fail", warning: "warn", info: "pass" };

const isObject = (value) => value !== null && typeof value === "object" && !Array.isArray(value);
const text = (value) => (value === null || value === undefined ? "" : typeof value === "string" ? value : JSON.stringify(value));
const number = (value) => (typeof value === "number" && Number.isFinite(value) ? value : null);
const numbers = (value, count) => Array.isArray(value) && value.length === count && value.every((each) => number(each) !== null);
const list = (value) => (Array.isArray(value) ? value.filter(isObject) : []);
const unknown = (object, known) => Object.entries(object).filter(([name]) => !known.has(name)).flatMap(([name, value]) => rows(value, name));

/** Any JSON as rows of path and value, so that a shape nobody knows is shown all the same. */
export function rows(value, path = "") {
  if (value === null || typeof value !== "object") return [[path, text(value)]];
  const entries = Array.isArray(value) ? value.map((each, i) => [`[${i}]`, each]) : Object.entries(value).map(([name, each]) => [path ? `.${name}` : name, each]);
  return entries.length === 0 ? [[path, Array.isArray(value) ? "[]" : "{}"]] : entries.flatMap(([name, each]) => rows(each, path + name));
}

function issue(raw) {
  const severity = WORST.includes(raw.severity) ? raw.severity : "warning";
  const frame = number(raw.frame);
  return {
    check: text(raw.check), severity, category: text(raw.category), description: text(raw.description),
    frame, last_frame: number(raw.last_frame), peak_frame: number(raw.peak_frame),
    region: numbers(raw.region, 4) ? raw.region : null,
    file: text(raw.file), measured: number(raw.measured), limit: number(raw.limit), suggestion: text(raw.suggestion), layer: text(raw.layer), picture: text(raw.picture),
    extra: unknown(raw, ISSUE),
  };
}

const check = (raw) => ({
  id: text(raw.id), outcome: text(raw.outcome), reason: text(raw.reason),
  measured: number(raw.measured), limit: number(raw.limit), unit: text(raw.unit),
});

function shot(raw) {
  const issues = list(raw.issues).map(issue);
  const worst = WORST.find((severity) => issues.some((each) => each.severity === severity));
  const metrics = isObject(raw.metrics) ? Object.entries(raw.metrics).filter(([, values]) => Array.isArray(values)) : [];
  return {
    shot_id: text(raw.shot_id) || "unnamed",
    status: ["pass", "warn", "fail"].includes(raw.status) ? raw.status : worst ? STATUS_OF[worst] : "pass",
    frame_range: numbers(raw.frame_range, 2) ? raw.frame_range : null,
    files: list(raw.files).map((file) => ({ path: text(file.path), kind: text(file.kind) })),
    checks: list(raw.checks).map(check),
    issues,
    metrics: new Map(metrics.map(([name, values]) => [name, values.map(number)])),
    extra: unknown(raw, SHOT),
  };
}

/** Counts and verdict of some shots, as the report's own `summary`. */
export function summaryOf(shots, frames) {
  const all = shots.flatMap((each) => each.issues);
  const count = (severity) => all.filter((each) => each.severity === severity).length;
  const status = ["fail", "warn"].find((word) => shots.some((each) => each.status === word)) ?? "pass";
  return { status, errors: count("error"), warnings: count("warning"), infos: count("info"), shots: shots.length, frames };
}

/**
 * @param {any} raw parsed JSON
 * @returns {{report: any, notes: string[], extra: string[][]}} `report` is null where the shape is unknown; then `extra` has everything
 */
export function readReport(raw) {
  if (!isObject(raw) || !Array.isArray(raw.shots)) {
    return { report: null, notes: ["This report has a shape that the page does not know. Everything in it is listed below."], extra: rows(raw ?? "nothing") };
  }
  const shots = list(raw.shots).map(shot);
  const notes = [];
  if (number(raw.schema_version) !== SCHEMA) {
    notes.push(`The report has schema version ${text(raw.schema_version) || "none"}, this page knows ${SCHEMA}: what it does not know is listed as it is.`);
  }
  if (shots.length !== raw.shots.length) notes.push(`${raw.shots.length - shots.length} entries under “shots” are no shots.`);
  const view = isObject(raw.view) ? raw.view : {};
  return {
    report: {
      schema_version: raw.schema_version,
      generator: isObject(raw.generator) ? { name: text(raw.generator.name), version: text(raw.generator.version) } : { name: "", version: "" },
      generated_at: text(raw.generated_at), scene_id: text(raw.scene_id),
      view: { name: text(view.name), display: text(view.display) },
      period_year: number(raw.period_year),
      summary: summaryOf(shots, number(raw.summary?.frames) ?? 0),
      shots,
    },
    notes,
    extra: unknown(raw, REPORT),
  };
}
