// A package: the report and the files beside it, put together shot by shot.

import { readReport, summaryOf } from "./report.js";
import { isMovie } from "../shots.js";
import { rateOf } from "../time.js";

const REPORT = "qc_report.json";
/** What a deliverable is called on the page, by its kind in reports, with the ends of its usual names. */
export const KINDS = [
  { id: "master_exr", label: "EXR", name: /\.(exr|sxr)$/i },
  { id: "prores_4444", label: "4444", name: /4444[^/]*\.mov$/i },
  { id: "prores_422", label: "422", name: /422[^/]*\.mov$/i },
  { id: "preview_h264", label: "H.264", name: /\.mp4$/i },
];
const baseName = (path) => path.split("/").pop();
const RANK = { issues: 0, pass: 1, not_applicable: 2 };

/** Paths of the reports among what was dropped, the shallowest first. */
export const reportPaths = (sources) => sources.map(({ path }) => path)
  .filter((path) => baseName(path) === REPORT)
  .sort((a, b) => a.split("/").length - b.split("/").length || a.localeCompare(b));

/**
 * @typedef {{path: string, file: File|null, url: string|null, bytes: number|null}} Entry
 * @typedef {{name: string, entries: Map<string, Entry>, report: any, raw: any, notes: string[], extra: string[][], shots: any[], scene: any, history: any, loose: string[]}} Package
 */

/** Reads a package out of dropped files. @param {any[]} sources @param {string} reportPath @returns {Promise<Package>} */
export async function readPackage(sources, reportPath) {
  const root = reportPath.slice(0, -REPORT.length);
  const inside = sources.filter(({ path }) => path.startsWith(root) && !/(^|\/)\./.test(path.slice(root.length)));
  const entries = new Map(inside.map((source) => {
    const path = source.path.slice(root.length);
    return [path, { path, file: source.file ?? null, url: source.url ?? null, bytes: source.file?.size ?? source.bytes ?? null }];
  }));
  const json = async (path) => {
    const content = await textOf(entries.get(path));
    return content === null ? null : JSON.parse(content);
  };
  const raw = await json(REPORT);
  const metadata = new Map();
  for (const path of entries.keys()) {
    const [, id] = /^metadata\/shots\/(.+)\.json$/.exec(path) ?? [];
    if (id) metadata.set(id, await json(path).catch(() => null));
  }
  const scene = await json("metadata/scene_metadata.json").catch(() => null);
  const history = await readHistory(entries);
  return assemble({ name: root.split("/").filter(Boolean).pop() ?? "", entries, raw, metadata, scene, history, isWhole: inside.length > 1 });
}

/** What a shot's file is about, without what its deliverable is called. */
export const shotIdOf = (stem) => stem.replace(/_(master|prores4444|prores422|preview)$/, "");
/** A file's name without folders and ending. */
export const stemOf = (path) => baseName(path).replace(/\.[^.]+$/, "");

/**
 * Dropped movies as a package, with what was found in them so far.
 * @param {string} name @param {any[]} sources @param {any} raw a report @param {Map<string, any>} metadata by shot
 */
export function moviePackage(name, sources, raw, metadata) {
  const entries = new Map(sources.map(({ path, file = null, url = null, bytes = null }) => [path, { path, file, url, bytes: file?.size ?? bytes }]));
  return assemble({ name, entries, raw, metadata, scene: null, history: null, isWhole: false });
}

/** The package that a single-file page carries: its report, and files known by name. @param {any} carried */
export function carriedPackage(carried) {
  const raw = carried.qc_report ?? carried.report ?? carried;
  const files = Array.isArray(carried.files) ? carried.files : [];
  const named = files.map((file) => (typeof file === "string" ? { path: file } : file)).filter((file) => typeof file?.path === "string");
  const entries = new Map(named.map(({ path, bytes }) => [path, { path, file: null, url: relativeUrl(path), bytes: Number.isFinite(bytes) ? bytes : null }]));
  const shots = carried.metadata?.shots ?? carried.shots_metadata ?? {};
  const metadata = new Map(Array.isArray(shots) ? shots.map((shot) => [String(shot?.shot_id), shot]) : Object.entries(shots));
  const scene = carried.metadata?.scene ?? carried.scene ?? null;
  const pkg = assemble({ name: scene?.scene_id ?? "", entries, raw, metadata, scene, history: null, isWhole: false });
  const thumbnails = carried.thumbnails ?? {};
  for (const shot of pkg.shots) shot.thumbnail = pictureUrl(thumbnails[shot.id]);
  return pkg;
}

/** A picture that is carried as data; nothing else is taken for one. */
const pictureUrl = (value) => (typeof value === "string" && value.startsWith("data:image/") ? value : null);

const relativeUrl = (path) => path.split("/").map(encodeURIComponent).join("/");

/** @param {Entry|undefined} entry */
export async function textOf(entry) {
  const file = entry && (await fileOf(entry));
  return file ? file.text() : null;
}

/** The bytes of an entry as a Blob: dropped, or fetched from the server that named it. @param {Entry} entry */
export async function fileOf(entry) {
  if (!entry.file && entry.url) {
    const response = await fetch(entry.url);
    if (!response.ok) throw new Error(`${entry.path}: ${response.status} ${response.statusText}`);
    entry.file = await response.blob();
  }
  return entry.file;
}

/** The newest generation of the ASC MHL history: what it lists, by path. */
async function readHistory(entries) {
  const newest = [...entries.keys()].filter((path) => /^ascmhl\/[^/]+\.mhl$/.test(path)).sort().pop();
  if (!newest) return null;
  const document = new DOMParser().parseFromString(await textOf(entries.get(newest)), "application/xml");
  const listed = new Map([...document.querySelectorAll("hashes > hash")].flatMap((hash) => {
    const path = hash.querySelector("path");
    return path ? [[path.textContent, { bytes: Number(path.getAttribute("size")), xxh128: hash.querySelector("xxh128")?.textContent ?? null }]] : [];
  }));
  const files = [...entries.values()].filter(({ path }) => !path.startsWith("ascmhl/"));
  return {
    path: newest, listed,
    changed: files.filter(({ path, bytes }) => listed.has(path) && bytes !== null && listed.get(path).bytes !== bytes).map(({ path }) => path),
    absent: [...listed.keys()].filter((path) => !entries.has(path)),
    added: files.filter(({ path }) => !listed.has(path) && path !== "review.html").map(({ path }) => path),
  };
}

function assemble({ name, entries, raw, metadata, scene, history, isWhole }) {
  const { report, notes, extra } = readReport(raw);
  const resolve = resolver(entries);
  for (const shot of report?.shots ?? []) {
    for (const file of shot.files) file.path = resolve(file.path);
    for (const issue of shot.issues) issue.file = resolve(issue.file);
  }
  const reported = (report?.shots ?? []).map((shot) => shotIdOf(shot.shot_id));
  const ids = [...new Set([...metadata.keys(), ...reported])].filter(Boolean).sort();
  const belongs = (file, id) => file.startsWith(id) && /^([._]|$)/.test(file.slice(id.length));
  const owner = (path) => ids.filter((id) => belongs(baseName(path), id)).sort((a, b) => b.length - a.length)[0];
  const owned = new Map(ids.map((id) => [id, []]));
  const loose = [];
  for (const path of entries.keys()) (owned.get(owner(path)) ?? loose).push(path);
  const shots = ids.map((id) => shotOf({
    id, reports: (report?.shots ?? []).filter((_, i) => reported[i] === id), paths: owned.get(id), metadata: metadata.get(id) ?? null, scene, isWhole,
  }));
  shots.sort(worstFirst);
  if (report) report.summary = { ...summaryOf(report.shots, report.summary.frames), shots: shots.length };
  return { name: name || scene?.scene_id || report?.scene_id || "package", entries, report, raw, notes, extra, shots, scene, history, loose, isWhole };
}

/** Paths in reports start where the checks were run: the longest end that names a file here is that file. */
function resolver(entries) {
  const byName = new Map();
  for (const path of entries.keys()) byName.set(baseName(path), byName.has(baseName(path)) ? null : path);
  return (path) => {
    const parts = path.split(/[\\/]/);
    for (let from = 0; from < parts.length; from++) {
      const end = parts.slice(from).join("/");
      if (entries.has(end)) return end;
    }
    return byName.get(parts.pop()) ?? path;
  };
}

function shotOf({ id, reports, paths, metadata, scene, isWhole }) {
  renumber(reports, twoNumbers(metadata?.frame_range));
  const issues = reports.flatMap((report) => report.issues);
  const masters = paths.filter((path) => KINDS[0].name.test(path));
  const movies = new Map(KINDS.slice(1).flatMap((kind) => {
    const path = paths.find((each) => kind.name.test(each));
    return path ? [[kind.id, path]] : [];
  }));
  const listed = new Set([...reports.flatMap((report) => report.files.map((file) => file.kind)), ...(metadata?.files ?? []).map((file) => file.kind)]);
  const range = twoNumbers(metadata?.frame_range) ?? reports.find((report) => report.frame_range)?.frame_range ?? null;
  const numbers = masters.map((path) => Number(/\.(\d+)\.\w+$/.exec(path)?.[1] ?? Number.NaN)).filter(Number.isFinite);
  const header = metadata?.exr?.[0] ?? null;
  const status = ["fail", "warn", "pass"].find((word) => reports.some((report) => report.status === word)) ?? "none";
  return {
    id, status, reports, issues, metadata, masters, movies, range,
    files: [...new Set([...paths, ...reports.flatMap((report) => report.files.map((file) => file.path))])],
    checks: mergedChecks(reports),
    count: range ? range[1] - range[0] + 1 : masters.length,
    missing: isWhole && numbers.length > 0 && range ? gapsOf(range, new Set(numbers)) : [],
    lacking: isWhole ? KINDS.filter(({ id: kind }) => listed.has(kind) && (kind === "master_exr" ? masters.length === 0 : !movies.has(kind))) : [],
    size: Array.isArray(header?.display_window) ? header.display_window.slice(2) : null,
    rate: rateOf(metadata?.frame_rate ?? scene?.frame_rate),
    space: header?.color_space?.name ?? null,
    counts: Object.fromEntries(["error", "warning", "info"].map((severity) => [severity, issues.filter((issue) => issue.severity === severity).length])),
  };
}

/** A single frame has no number in its name and is frame 1 to the checks; the metadata knows which frame of the cut it is. */
function renumber(reports, range) {
  if (!range || range[0] !== range[1]) return;
  for (const report of reports.filter(({ frame_range: own }) => own && own[0] === own[1] && own[0] !== range[0])) {
    report.frame_range = range;
    for (const issue of report.issues) if (issue.frame !== null) issue.frame = range[0];
  }
}

const twoNumbers = (value) => (Array.isArray(value) && value.length === 2 && value.every(Number.isInteger) ? value : null);

function gapsOf([first, last], present) {
  const gaps = [];
  for (let frame = first; frame <= last && gaps.length < 1000; frame++) {
    if (present.has(frame)) continue;
    if (gaps.at(-1)?.[1] === frame - 1) gaps.at(-1)[1] = frame;
    else gaps.push([frame, frame]);
  }
  return gaps;
}

/** One answer a check, the worst of the shot's files; reasons of all of them. */
function mergedChecks(reports) {
  const merged = new Map();
  for (const check of reports.flatMap((report) => report.checks)) {
    const known = merged.get(check.id);
    if (!known) merged.set(check.id, { ...check });
    else {
      const [worse, other] = (RANK[check.outcome] ?? 0) < (RANK[known.outcome] ?? 0) ? [check, known] : [known, check];
      const reasons = [...new Set([worse.reason, other.reason].filter(Boolean))];
      merged.set(check.id, { ...worse, reason: reasons.join("; ") });
    }
  }
  return [...merged.values()];
}

const worstFirst = (a, b) =>
  b.counts.error - a.counts.error || b.missing.length + b.lacking.length - a.missing.length - a.lacking.length
  || b.counts.warning - a.counts.warning || a.id.localeCompare(b.id, "en", { numeric: true });

/** The movie to look at: the finding's own, the preview, or whichever there is; ProRes, which browsers do not play, last. */
export function movieOf(pkg, shot, issue = null) {
  const there = [issue?.file, shot.movies.get("preview_h264"), ...shot.files].filter((path) => path && isMovie(path) && pkg.entries.has(path));
  const isProRes = (path) => KINDS.some(({ id, name }) => id.startsWith("prores") && name.test(path));
  return there.find((path) => !isProRes(path)) ?? there[0];
}

/** The part of the report that is about one shot, in the report's own shape: what the viewer links with the picture. */
export function reportOf(pkg, shot) {
  const range = shot.range ?? [0, 0];
  const one = { shot_id: shot.id, status: shot.status, frame_range: range, files: [], checks: shot.checks, issues: shot.issues, metrics: {} };
  return { ...pkg.report, summary: summaryOf([one], shot.count), shots: [one] };
}
