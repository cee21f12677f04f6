// Every finding of a package in one table that can be narrowed, sorted and walked through with the arrow keys.

import { h, select } from "../dom.js";
import { GLYPHS, WORST } from "../shots.js";
import { figure, frames } from "./words.js";

/** Rows that are built at once: a table of ten thousand would be a page that stands still. */
const PORTION = 300;
const COLUMNS = [
  { id: "severity", label: "", name: "Severity", key: ({ issue }) => WORST.indexOf(issue.severity) },
  { id: "shot", label: "Shot", key: ({ shot }) => shot.id },
  { id: "frame", label: "Frame", key: ({ issue }) => issue.frame ?? -1 },
  { id: "check", label: "Check", key: ({ issue }) => issue.check },
  { id: "what", label: "What", key: ({ issue }) => issue.description },
  { id: "measured", label: "Measured", key: ({ issue }) => issue.measured ?? Number.NEGATIVE_INFINITY },
  { id: "limit", label: "Limit", key: ({ issue }) => issue.limit ?? Number.NEGATIVE_INFINITY },
  { id: "file", label: "File", key: ({ issue }) => issue.file },
];

/**
 * @param {any} pkg
 * @param {{open: (shot: any, issue: any) => void, retitle: (title: string) => void, pictureOf: (issue: any) => HTMLElement|null}} page
 */
export function findingsTable(pkg, { open, retitle, pictureOf }) {
  const all = pkg.shots.flatMap((shot) => shot.issues.map((issue) => ({ shot, issue })));
  const filter = { severities: new Set(WORST), shot: "", check: "", category: "", words: "" };
  const order = { column: "severity", down: false };
  let found = all;
  let visible = PORTION;

  const body = h("tbody", { onkeydown: move, onclick: choose });
  const head = h("tr", {}, ...COLUMNS.map(({ id, label, name }) => h("th", { scope: "col", data: { column: id } },
    h("button", { title: `Sort by ${(name ?? label).toLowerCase()}`, "aria-label": name ?? null, text: label || "±", onclick: () => sort(id) }))));
  const more = h("button", { class: "button", onclick: () => { visible += PORTION; build(); } });
  const none = h("p", { class: "note" });
  const table = h("table", { class: "findings-table" }, h("thead", {}, head), body);
  const node = h("div", {}, filters(), table, none, more);
  apply();
  return {
    node,
    found: () => found,
    /** For paper, which has no button to ask for more. */
    showAll() {
      visible = found.length;
      build();
    },
  };

  function filters() {
    const choices = (values) => [{ id: "", label: "all" }, ...[...new Set(values)].filter(Boolean).sort().map((id) => ({ id, label: id }))];
    const pick = (label, key, values) => h("label", { class: "select" }, h("span", { text: label }),
      select(label, choices(values), (id) => { filter[key] = id; apply(); }));
    const severity = (id) => h("button", {
      "aria-pressed": "true", class: "toggle",
      onclick: (event) => {
        const on = !filter.severities.delete(id) && Boolean(filter.severities.add(id));
        event.currentTarget.setAttribute("aria-pressed", String(on));
        apply();
      },
    }, h("span", { class: `glyph ${id}`, "aria-hidden": "true", text: GLYPHS[id] }), ` ${id} ${all.filter(({ issue }) => issue.severity === id).length}`);
    return h("div", { class: "filters", role: "group", "aria-label": "Show only" }, ...WORST.map(severity),
      pick("Shot", "shot", all.map(({ shot }) => shot.id)), pick("Check", "check", all.map(({ issue }) => issue.check)),
      pick("Kind", "category", all.map(({ issue }) => issue.category)),
      h("input", { type: "search", placeholder: "words", "aria-label": "Words in the finding", oninput: (event) => { filter.words = event.target.value; apply(); } }));
  }

  function apply() {
    const words = filter.words.toLowerCase().split(/\s+/).filter(Boolean);
    const matches = ({ shot, issue }) => filter.severities.has(issue.severity) && (!filter.shot || shot.id === filter.shot)
      && (!filter.check || issue.check === filter.check) && (!filter.category || issue.category === filter.category)
      && words.every((word) => `${shot.id} ${issue.check} ${issue.description} ${issue.suggestion} ${issue.file}`.toLowerCase().includes(word));
    const { key } = COLUMNS.find(({ id }) => id === order.column);
    const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);
    // Equal rows stay worst shot first, as they came.
    found = all.filter(matches).sort((a, b) => compare(key(a), key(b)) * (order.down ? -1 : 1));
    visible = PORTION;
    build();
  }

  function sort(id) {
    order.down = order.column === id && !order.down;
    order.column = id;
    apply();
  }

  function build() {
    body.replaceChildren(...found.slice(0, visible).map(row));
    for (const cell of head.children) {
      const current = cell.dataset.column === order.column;
      cell.setAttribute("aria-sort", current ? (order.down ? "descending" : "ascending") : "none");
    }
    more.hidden = found.length <= visible;
    more.textContent = `Show ${Math.min(PORTION, found.length - visible)} more of ${found.length - visible}`;
    table.hidden = found.length === 0;
    none.textContent = found.length > 0 ? "" : all.length === 0 ? "The report has no findings." : "No finding is like that.";
    retitle(found.length === all.length ? `Findings, worst first · ${all.length}` : `Findings · ${found.length} of ${all.length}`);
  }

  function row(entry, index) {
    const { shot, issue } = entry;
    const cell = (...children) => h("td", {}, ...children);
    const more = [
      issue.suggestion && h("div", { class: "dim", text: issue.suggestion }),
      issue.extra.length > 0 && h("div", { class: "faint mono", text: issue.extra.map(([name, value]) => `${name} ${value}`).join(" · ") }),
    ];
    const region = issue.region && ` · ${issue.region[2]}×${issue.region[3]} at ${issue.region[0]}, ${issue.region[1]}`;
    return h("tr", { data: { index: String(index) } },
      cell(h("span", { class: `glyph ${issue.severity}`, role: "img", "aria-label": issue.severity, text: GLYPHS[issue.severity] })),
      cell(shot.id), cell(frames(issue)), cell(issue.check),
      h("td", { class: "what" }, pictureOf(issue), h("button", { class: "link", text: issue.description, tabindex: index === 0 ? "0" : "-1" }), ...more),
      h("td", { class: "mono", text: figure(issue.measured) }), h("td", { class: "mono", text: figure(issue.limit) }),
      h("td", { class: "dim", title: issue.file }, issue.file.split("/").pop(), region && h("div", { class: "faint", text: region.slice(3) })));
  }

  function choose(event) {
    const entry = found[Number(event.target.closest("tr")?.dataset.index)];
    if (entry) open(entry.shot, entry.issue);
  }

  /** Arrow keys go from row to row; a row's button is what has the focus. */
  function move(event) {
    const current = event.target.closest("tr");
    const next = { ArrowDown: current?.nextElementSibling, ArrowUp: current?.previousElementSibling, Home: body.firstElementChild, End: body.lastElementChild }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    if (!next) return;
    const button = (row) => row.querySelector(".link");
    button(current).tabIndex = -1;
    button(next).tabIndex = 0;
    button(next).focus();
  }
}
