// The report of a shot as one HTML file: the picture as Rust makes it, the findings drawn on it and listed below.

import { GLYPHS, findingsOf } from "./shots.js";
import { date, figure, frames } from "./package/words.js";
import { save } from "./package/export.js";

const ESCAPES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const safe = (text) => String(text ?? "").replace(/[&<>"']/g, (letter) => ESCAPES[letter]);

const STYLE = `body{font:14px/1.5 system-ui,sans-serif;margin:32px auto;max-width:1100px;padding:0 20px;color:#111}h1{font-size:22px;margin:0}
p{margin:4px 0;color:#444}figure{position:relative;margin:18px 0;line-height:0;background:#000}img,svg{width:100%;height:auto}svg{position:absolute;inset:0;height:100%}
rect{fill:none;stroke-width:2;vector-effect:non-scaling-stroke}.error{color:#b3261e;stroke:#e5605b}.warning{color:#8a5a00;stroke:#dba43b}.info{color:#2a5f96;stroke:#7aa7d9}
table{border-collapse:collapse;width:100%;font-size:13px}th,td{text-align:left;vertical-align:top;padding:5px 10px 5px 0;border-bottom:1px solid #ccc}svg rect{color:inherit}`;

/** @param {any} app */
export function createReport(app) {
  const { store, pool, loader } = app;

  return async function saveReport() {
    const { shot, frame, layer, look, inspection, report } = store.state;
    if (!frame || !inspection || layer < 0) return app.toast("There is no picture to report on");
    if (!report) return app.toast("The checks are not done yet");
    app.toast("Making the report");
    try {
      const made = await pool.bench("snapshot", {
        ...loader.source(frame), request: { view: look.view, display: "srgb", exposure: look.exposure, layer, space: look.space ?? undefined },
      });
      const picture = await dataUrl(new Blob([made.bytes], { type: "image/png" }));
      const text = page({ shot, frame, report, picture, made, window: inspection.parts[inspection.layers[layer].part].display_window });
      save(text, `${shot.name}_report.html`, "text/html");
      return text;
    } catch (error) {
      store.set({ failure: { ...error, title: "The report could not be made" } });
    }
  };
}

const dataUrl = (blob) => new Promise((resolve, reject) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result);
  reader.onerror = () => reject(reader.error);
  reader.readAsDataURL(blob);
});

function page({ shot, frame, report, picture, made, window: [, , width, height] }) {
  const [checked] = report.shots;
  const box = ({ region: [x, y, w, h], severity }) => `<rect class="${safe(severity)}" x="${x}" y="${y}" width="${w}" height="${h}"/>`;
  const row = (issue) => `<tr><td class="${safe(issue.severity)}">${GLYPHS[issue.severity]} ${safe(issue.severity)}</td><td>${safe(frames(issue))}</td><td>${safe(issue.check)}</td>`
    + `<td>${safe(issue.description)}<br>${safe(issue.suggestion)}</td><td>${figure(issue.measured)}</td><td>${figure(issue.limit)}</td></tr>`;
  const answer = (check) => `<tr><td>${GLYPHS[check.outcome] ?? ""} ${safe(check.outcome.replace("_", " "))}</td><td>${safe(check.id)}</td><td>${safe(check.reason)}</td></tr>`;
  const boxes = findingsOf(shot, frame).filter((issue) => issue.region).map(box).join("");
  const { summary } = report;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">
<title>${safe(shot.name)}: quality control</title><style>${STYLE}</style></head><body>
<h1>${safe(shot.name)}: ${summary.errors} errors, ${summary.warnings} warnings, ${summary.infos} notes</h1>
<p>${safe(frame.name)} · ${safe(made.description)} · ${safe(report.generator.name)} ${safe(report.generator.version)} · ${safe(date(report.generated_at))}</p>
<figure><img alt="${safe(frame.name)}" src="${picture}"><svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none">${boxes}</svg></figure>
<table><thead><tr><th>Severity</th><th>Frame</th><th>Check</th><th>What</th><th>Measured</th><th>Limit</th></tr></thead><tbody>${checked.issues.map(row).join("\n")}</tbody></table>
<h2>Checks</h2><table><tbody>${checked.checks.map(answer).join("\n")}</tbody></table>
</body></html>
`;
}
