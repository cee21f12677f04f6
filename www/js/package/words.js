// What the package page says in words and numbers.

/** A measured value: whole, or four significant digits. @param {number|null|undefined} value */
export const figure = (value) => (value === null || value === undefined ? "" : String(Number.isInteger(value) ? value : Number(value.toPrecision(4))));

/** @param {number|null} bytes */
export function size(bytes) {
  if (bytes === null || bytes === undefined) return "";
  const unit = [["GB", 1e9], ["MB", 1e6], ["KB", 1e3]].find(([, least]) => bytes >= least);
  return unit ? `${(bytes / unit[1]).toFixed(bytes / unit[1] < 10 ? 1 : 0)} ${unit[0]}` : `${bytes} bytes`;
}

export const plural = (count, word) => `${count} ${word}${count === 1 ? "" : "s"}`;
export const span = ([first, last]) => (first === last ? String(first) : `${first}–${last}`);

/** Where in time a finding lies. @param {any} issue */
export function frames(issue) {
  if (issue.frame === null || issue.frame === undefined) return "";
  return (issue.last_frame ?? issue.frame) !== issue.frame ? span([issue.frame, issue.last_frame]) : String(issue.frame);
}

/** The verdict over a package, as a headline. @param {any} pkg */
export function verdict(pkg) {
  if (!pkg.report) return { kind: "error", title: "The report cannot be read as one" };
  if (pkg.report.shots.length === 0) return { kind: "warning", title: "Nothing was checked" };
  if (pkg.unchecked) return { kind: "warning", title: `Stopped after ${pkg.report.shots.length} of ${pkg.unchecked.length} movies` };
  const bad = pkg.shots.filter((shot) => shot.counts.error > 0).length;
  const incomplete = pkg.shots.filter((shot) => shot.missing.length + shot.lacking.length > 0).length;
  const changed = pkg.history ? new Set([...pkg.history.changed, ...pkg.history.absent, ...(pkg.verified?.wrong ?? [])]).size : 0;
  const accepted = pkg.scene?.qc?.accepted_errors;
  const reasons = [
    bad > 0 && `${plural(bad, "shot")} ${bad === 1 ? "has" : "have"} errors`,
    incomplete > 0 && `${plural(incomplete, "shot")} ${incomplete === 1 ? "is" : "are"} incomplete`,
    changed > 0 && `${plural(changed, "file")} ${changed === 1 ? "is" : "are"} not as delivered`,
  ].filter(Boolean);
  if (reasons.length === 1 && bad > 0 && accepted) return { kind: "warning", title: `Delivered with known errors: ${accepted}` };
  if (reasons.length > 0) return { kind: "error", title: `Not ready to cut: ${reasons.join(", ")}` };
  if (pkg.report.summary.warnings > 0) return { kind: "warning", title: `Ready to cut, with ${plural(pkg.report.summary.warnings, "warning")} to look at` };
  return { kind: "pass", title: "Ready to cut: nothing to mend was found" };
}

/** What stands below the headline. @param {any} pkg @param {any} catalog */
export function facts(pkg, catalog) {
  const { report, history } = pkg;
  const label = (list, id) => list.find((each) => each.id === id)?.label ?? id;
  const view = report?.view.name && `${label(catalog.views, report.view.name)} → ${label(catalog.displays, report.view.display)}`;
  return [
    view,
    report?.period_year && `set in ${report.period_year}`,
    history && checksums(pkg),
    report?.generator.name && `${report.generator.name} ${report.generator.version}`,
    report?.generated_at && `checked ${date(report.generated_at)}`,
  ].filter(Boolean).join(" · ");
}

function checksums({ history, verified }) {
  if (verified) {
    return verified.wrong.length > 0 ? `${plural(verified.wrong.length, "checksum")} of ${verified.count} wrong` : `checksums of ${plural(verified.count, "file")} verified`;
  }
  const wrong = history.changed.length + history.absent.length;
  return wrong > 0 ? `${wrong} of ${history.listed.size} files differ from the checksum history` : `sizes of ${plural(history.listed.size, "file")} agree with the checksum history`;
}

/** A date as it is read aloud, UTC; the text itself where it is none. */
export const date = (text) => (/^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? `${text.slice(0, 10)} ${text.slice(11, 16)} UTC` : text);

/** The frames of a shot. @param {any} shot @param {boolean} isWhole */
export function presence(shot, isWhole) {
  const all = shot.count || shot.masters.length;
  if (!isWhole) return plural(all, "frame");
  const lost = shot.missing.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  return lost === 0 ? `${all} of ${plural(all, "frame")}` : `${all - lost} of ${all} frames · ${shot.missing.slice(0, 3).map(span).join(", ")}${shot.missing.length > 3 ? " …" : ""} missing`;
}
