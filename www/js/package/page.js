// The package page: the verdict, the shots worst first, and everything the report says.

import { announce, byId, h } from "../dom.js";
import { GLYPHS, isMovie } from "../shots.js";
import { tip } from "../keys.js";
import { csv, save, summary } from "./export.js";
import { verifyChecksums } from "./checksums.js";
import { findingsTable } from "./findings-table.js";
import { metrics } from "./metrics.js";
import { createPreview, mediaUrl } from "./preview.js";
import { KINDS, movieOf } from "./tree.js";
import { facts, figure, plural, presence, size, span, verdict } from "./words.js";
import { rateWords } from "../time.js";

/** The page's sections and what its buttons call them. */
const SECTIONS = [["overview", "Overview"], ["findings", "Findings"], ["checks", "Checks"], ["files", "Files"]];

/** @param {any} app */
export function createPackagePage(app) {
  const { store } = app;
  const root = byId("package");
  const preview = createPreview(app);
  /** @type {string[]} */
  let urls = [];
  let table = null;
  /** Opens everything that is folded: paper cannot be clicked. @type {(() => void)[]} */
  let unfold = [];

  app.openPreview = (shot, issue) => preview(store.state.pkg, shot, issue);
  app.exportPackage = (kind) => {
    const { pkg } = store.state;
    if (!pkg) return;
    if (kind === "csv") save(csv(table.found()), `${pkg.name}_findings.csv`, "text/csv");
    else if (kind === "json") save(`${JSON.stringify(pkg.raw, null, 2)}\n`, `${pkg.name}_qc_report.json`, "application/json");
    else navigator.clipboard?.writeText(summary(pkg)).then(() => app.toast("Copied as text"), () => app.toast("The browser did not allow copying"));
  };

  /** A finding: the EXR with its box where there is one, else the preview at its frame. */
  function open(shot, issue) {
    const isMaster = KINDS[0].name.test(issue.file);
    if (app.canOpen(shot) && (isMaster || !shot.movies.has("preview_h264"))) app.openMaster(shot, issue.peak_frame ?? issue.frame, issue);
    else preview(store.state.pkg, shot, issue);
  }

  function build({ pkg }) {
    for (const url of urls) URL.revokeObjectURL(url);
    urls = [];
    unfold = [];
    root.replaceChildren();
    if (!pkg) return;
    const title = h("h2", { class: "heading", id: "package-findings" });
    table = findingsTable(pkg, { open, retitle: (text) => { title.textContent = text; }, pictureOf });
    const section = (id, ...children) => h("section", { id: `package-${id}-section`, tabindex: "-1" }, ...children);
    root.append(
      bar(pkg),
      section("overview", banner(pkg), ...pkg.notes.map((text) => h("p", { class: "package-note", role: "note", text })),
        h("ul", { class: "shot-cards", "aria-label": "Shots, worst first" }, ...pkg.shots.map((shot) => card(pkg, shot)))),
      section("findings", title, table.node),
      section("checks", h("h2", { class: "heading", text: "Checks and measurements" }), ...pkg.shots.map((shot) => details(pkg, shot))),
      section("files", h("h2", { class: "heading", text: `Files · ${pkg.entries.size}` }), files(pkg),
        pkg.extra.length > 0 && h("details", { open: !pkg.report }, h("summary", { text: `What else the report says · ${pkg.extra.length}` }), rows(pkg.extra))));
  }

  /** The picture that the checks made of a finding, where the package has it. */
  function pictureOf({ picture }) {
    const entry = store.state.pkg.entries.get(picture);
    if (!entry) return null;
    const image = h("img", { class: "finding-picture", alt: "", loading: "lazy" });
    mediaUrl(entry).then((url) => {
      if (url.startsWith("blob:")) urls.push(url);
      image.setAttribute("src", url);
    });
    return image;
  }

  function bar(pkg) {
    const count = { findings: pkg.report?.summary && pkg.report.summary.errors + pkg.report.summary.warnings + pkg.report.summary.infos, files: pkg.entries.size };
    const jump = ([id, label]) => h("button", {
      text: count[id] ? `${label} ${count[id]}` : label,
      onclick: () => { const target = byId(`package-${id}-section`); target.scrollIntoView(); target.focus({ preventScroll: true }); },
    });
    const movies = [...pkg.entries.values()].filter(({ path }) => isMovie(path));
    const act = (label, kind) => h("button", { text: label, onclick: () => app.exportPackage(kind) });
    return h("div", { class: "package-bar", role: "toolbar", "aria-label": "Package" },
      h("strong", { text: pkg.name }), ...SECTIONS.map(jump), h("span", { class: "spacer" }),
      app.canOpen(pkg.shots[0]) && h("button", { text: "Frames", title: tip("package.toggle"), onclick: () => app.openMaster(pkg.shots[0]) }),
      pkg.from && h("button", { text: `Back to ${pkg.from.name}`, onclick: () => app.showPackage(pkg.from) }),
      pkg.unchecked && h("button", { text: "Check again", onclick: () => app.openMovies(pkg.unchecked, pkg.from) }),
      !pkg.from && pkg.isWhole && movies.length > 0 && h("button", { text: "Check movies", onclick: () => app.openMovies(movies, pkg) }),
      pkg.history && pkg.isWhole && !pkg.verified && h("button", { text: "Verify checksums", onclick: (event) => verify(pkg, event.currentTarget) }),
      h("button", { text: "Print", onclick: () => print() }), act("CSV", "csv"), act("JSON", "json"), act("Copy as text", "text"));
  }

  /** Hashes every file that the history lists; the button counts. */
  async function verify(pkg, button) {
    button.disabled = true;
    const verified = await verifyChecksums(app.pool, pkg, (done, all) => { button.textContent = `Verified ${done} of ${all}`; });
    if (store.state.pkg !== pkg) return;
    pkg.verified = verified;
    const { scrollTop } = root;
    build(store.state);
    root.scrollTop = scrollTop;
    announce(facts(pkg, app.catalog));
  }

  function banner(pkg) {
    if (pkg.checking) return app.movieBanner;
    const { kind, title } = verdict(pkg);
    const number = (value, word, severity) => h("div", { class: "figure" }, h("strong", { class: severity && value > 0 ? `word ${severity}` : null, text: String(value) }), h("span", { text: word }));
    const { summary: counts } = pkg.report ?? {};
    return h("div", { class: `banner ${kind}` }, h("span", { class: `glyph ${kind}`, "aria-hidden": "true", text: GLYPHS[kind] }),
      h("div", { class: "banner-words" }, h("h2", { text: title }), h("p", { text: facts(pkg, app.catalog) })),
      counts && h("div", { class: "figures" }, number(counts.errors, "errors", "error"), number(counts.warnings, "warnings", "warning"),
        number(counts.infos, "notes"), number(counts.shots, "shots"), number(counts.frames, "frames")));
  }

  function card(pkg, shot) {
    const badge = ([severity, count]) => count > 0 && h("span", { class: `badge ${severity}`, "aria-label": `${count} ${severity}`, role: "img", text: String(count) });
    const lines = [
      [presence(shot, pkg.isWhole), shot.size?.join("×"), shot.rate && rateWords(shot.rate), shot.space].filter(Boolean).join(" · "),
      KINDS.filter(({ id }) => id === "master_exr" ? shot.masters.length > 0 || shot.lacking.some((kind) => kind.id === id) : shot.movies.has(id) || shot.lacking.some((kind) => kind.id === id))
        .map(({ id, label }) => `${label} ${shot.lacking.some((kind) => kind.id === id) ? "✕ missing" : "✓"}`).join(" · "),
    ];
    const picture = h("button", { class: "card-picture", "aria-label": `Preview of ${shot.id}`, onclick: () => preview(pkg, shot, null) });
    const entry = pkg.entries.get(movieOf(pkg, shot));
    if (entry) thumbnail(picture, entry, shot.thumbnail);
    else if (shot.thumbnail) picture.append(h("img", { src: shot.thumbnail, alt: "" }));
    else picture.append(h("span", { class: "faint", text: "no preview" }));
    return h("li", { class: "shot-card" }, picture,
      h("div", { class: "shot-card-words" },
        h("h3", {}, h("button", { class: "link", text: shot.id, onclick: () => (app.canOpen(shot) ? app.openMaster(shot) : preview(pkg, shot, null)) })),
        h("span", { class: "badges" }, ...Object.entries(shot.counts).map(badge),
          shot.status === "pass" && h("span", { class: "badge pass", role: "img", "aria-label": "passed", text: "✓" }),
          shot.reports.length === 0 && h("span", { class: "dim", text: "not checked" })),
        ...lines.map((text) => h("p", { class: "dim", text }))));
  }

  /** The middle of the movie, without controls; where the browser cannot decode it, the picture that the package carries. */
  async function thumbnail(slot, entry, poster) {
    const video = /** @type {HTMLVideoElement} */ (h("video", { playsinline: true, preload: poster ? "metadata" : "auto", poster, "aria-hidden": "true", tabindex: "-1" }));
    video.muted = true;
    if (!poster) video.addEventListener("loadedmetadata", () => { video.currentTime = video.duration / 2; });
    video.addEventListener("error", () => video.replaceWith(poster ? h("img", { src: poster, alt: "" }) : h("span", { class: "faint", text: "the preview cannot be shown" })));
    slot.append(video);
    slot.addEventListener("pointerenter", () => { if (!matchMedia("(prefers-reduced-motion: reduce)").matches) video.play().catch(() => {}); });
    slot.addEventListener("pointerleave", () => video.pause());
    video.src = await mediaUrl(entry);
    if (video.src.startsWith("blob:")) urls.push(video.src);
  }

  function details(pkg, shot) {
    const node = h("details", { class: "shot-details" }, h("summary", {}, h("strong", { text: shot.id }), " ", h("span", { class: "dim", text: answers(shot) })));
    // Built when it is opened: a hundred shots have a thousand curves.
    const fill = () => {
      if (!node.open || node.childElementCount > 1) return;
      node.append(checks(shot), ...shot.reports.flatMap((report) => [
        shot.reports.length > 1 && h("h3", { class: "heading", text: report.shot_id }),
        ...metrics(report, (frame) => (app.canOpen(shot) ? app.openMaster(shot, frame) : preview(pkg, shot, { frame, check: "", severity: "info", description: "" }))),
        report.extra.length > 0 && rows(report.extra)].filter(Boolean)));
    };
    node.addEventListener("toggle", fill);
    unfold.push(() => {
      node.open = true;
      fill();
    });
    return node;
  }

  const answers = (shot) => {
    const count = (outcome) => shot.checks.filter((check) => check.outcome === outcome).length;
    return [[count("issues"), "with findings"], [count("pass"), "passed"], [count("not_applicable"), "not testable"]]
      .filter(([number]) => number > 0).map(([number, word]) => `${number} ${word}`).join(" · ");
  };

  function checks(shot) {
    const row = (check) => h("tr", {},
      h("td", {}, h("span", { class: `glyph ${check.outcome === "issues" ? "warning" : check.outcome}`, "aria-hidden": "true", text: GLYPHS[check.outcome] ?? "?" }), ` ${check.outcome.replace("_", " ")}`),
      h("th", { scope: "row", text: check.id }), h("td", { class: "mono", text: figure(check.measured) }),
      h("td", { class: "mono", text: figure(check.limit) }), h("td", { class: "dim", text: check.unit }), h("td", { class: "dim", text: check.reason }));
    return h("table", { class: "checks-table" }, h("thead", {}, h("tr", {}, ...["Answer", "Check", "Measured", "Limit", "Unit", "Reason"].map((text) => h("th", { scope: "col", text })))),
      h("tbody", {}, ...shot.checks.map(row)));
  }

  function files(pkg) {
    const { history } = pkg;
    const state = (path) => pkg.verified?.wrong.includes(path) ? "✕ checksum differs" : pkg.verified && history.listed.has(path) ? "✓ checksum verified" : !history ? "" : history.changed.includes(path) ? "✕ another size than delivered" : history.listed.has(path) ? "✓ size as delivered" : path.startsWith("ascmhl/") || path === "review.html" ? "" : "not in the history";
    const paths = [...pkg.entries.keys(), ...(history?.absent ?? [])].sort();
    return h("table", { class: "files-table" }, h("thead", {}, h("tr", {}, ...["File", "Size", "Checksum history"].map((text) => h("th", { scope: "col", text })))),
      h("tbody", {}, ...paths.map((path) => h("tr", {}, h("td", { class: "mono", text: path }), h("td", { class: "number", text: size(pkg.entries.get(path)?.bytes ?? null) }),
        h("td", { class: pkg.entries.has(path) && !state(path).startsWith("✕") ? "dim" : "word error", text: pkg.entries.has(path) ? state(path) : "✕ missing" })))));
  }

  const rows = (entries) => h("table", { class: "meta" }, h("tbody", {}, ...entries.slice(0, 2000).map(([name, value]) =>
    h("tr", {}, h("th", { scope: "row", text: name }), h("td", { class: "mono", text: value })))));

  addEventListener("beforeprint", () => {
    if (store.state.phase !== "package") return;
    table?.showAll();
    for (const each of unfold) each();
  });
  store.on(["pkg"], build);
}
