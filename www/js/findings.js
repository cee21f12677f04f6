// The findings of the checks: rows that are linked with the boxes on the picture, and what each check answered.

import { byId, h } from "./dom.js";
import { tip } from "./keys.js";
import { figure, frames } from "./package/words.js";
import { GLYPHS } from "./shots.js";

/** @param {any} app */
export function createFindings(app) {
  const { store } = app;
  const verdict = h("div", { class: "verdict", role: "status" });
  const list = h("div", { class: "findings", role: "listbox", "aria-label": "Findings, worst first", tabindex: "0", onkeydown: move });
  const answers = h("div", { class: "answers" });
  const root = h("div", {}, verdict, list, answers);

  function move(event) {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (by) app.stepFinding(by);
    else if (event.key === "Home") app.selectFinding(0);
    else if (event.key === "End") app.selectFinding(list.children.length - 1);
    else return;
    event.preventDefault();
  }

  function build({ report, checking, reading, shot }) {
    list.replaceChildren();
    answers.replaceChildren();
    verdict.replaceChildren();
    if (checking) return verdict.replaceChildren(...progress(checking));
    if (!report) {
      if (shot?.checkStopped) {
        verdict.replaceChildren(h("span", { text: "The checks were stopped." }), h("button", {
          class: "button", text: "Check", onclick: () => app.checks.run(shot),
        }));
      }
      return;
    }
    const { summary, shots: [checked] } = report;
    verdict.replaceChildren(...sentence(summary, checked), ...texts(reading, shot));
    list.hidden = checked.issues.length === 0;
    list.append(...checked.issues.map(row));
    answers.append(...groups(checked.checks));
    answers.append(h("div", { class: "panel-actions" },
      h("button", { class: "button", title: tip("report.save"), text: "Save report", onclick: () => app.saveReport() }),
      shot?.textPlan === "noModels" && h("button", {
        class: "button", title: `${tip("text.choose")}: both .onnx files that "blender-gsd models install" brings`, text: "Models for text", onclick: () => byId("choose-models").click(),
      })));
    mark(store.state);
  }

  const progress = ({ shot, done }) => [
    h("span", { text: `Checking ${Math.min(done + 1, shot.frames.length)} of ${shot.frames.length}` }),
    h("progress", { max: shot.frames.length, value: done, "aria-label": "Checks" }),
    h("button", { text: "Stop", onclick: () => app.checks.cancel() }),
  ];

  /** Text that is still being read, or was left unread. */
  function texts(reading, shot) {
    if (reading) return [h("span", { class: "dim", text: `Reading text in ${reading.unread} picture${reading.unread === 1 ? "" : "s"}` }), h("button", { text: "Stop", onclick: () => app.checks.cancel() })];
    return shot?.unread > 0 ? [h("span", { class: "dim", text: "Text was not read" }), h("button", { text: "Check again", onclick: () => app.checks.run(shot) })] : [];
  }

  function sentence(summary, checked) {
    const parts = [[summary.errors, "error"], [summary.warnings, "warning"], [summary.infos, "note"]]
      .filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}${count === 1 ? "" : "s"}`);
    const tested = checked.checks.filter((check) => check.outcome !== "not_applicable").length;
    const kind = { pass: "pass", warn: "warning", fail: "error" }[summary.status];
    return [
      h("span", { class: `glyph ${kind}`, "aria-hidden": "true", text: GLYPHS[kind] }),
      h("span", {}, h("strong", { text: parts.length ? parts.join(", ") : "Nothing found" }),
        h("span", { class: "dim", text: ` · ${tested} of ${checked.checks.length} checks made` })),
    ];
  }

  function row(issue, index) {
    const node = h("div", {
      class: "finding", role: "option", id: `finding-${index}`, "aria-selected": "false", onclick: () => app.selectFinding(index),
    },
    h("span", { class: `glyph ${issue.severity}`, "aria-hidden": "true", text: GLYPHS[issue.severity] }),
    h("div", {},
      h("div", { class: "check" }, issue.check, " ", h("small", { text: `${issue.severity} · ${issue.category}` })),
      h("div", { class: "what", text: issue.description }),
      h("div", { class: "where", text: where(issue) }),
      issue.suggestion && h("div", { class: "suggest", text: issue.suggestion })));
    return node;
  }

  function where(issue) {
    const parts = [store.state.shot?.numbered ? frames(issue) : null];
    if (issue.region) {
      const [x, y, width, height] = issue.region;
      parts.push(`x ${x} y ${y}`, `${width}×${height}`);
    } else parts.push("whole frame");
    if (issue.layer) parts.push(`layer ${issue.layer}`);
    if (issue.measured !== undefined && issue.measured !== null) {
      parts.push(`measured ${figure(issue.measured)}${issue.limit === undefined || issue.limit === null ? "" : ` / limit ${figure(issue.limit)}`}`);
    }
    return parts.filter(Boolean).join(" · ");
  }

  function groups(checks) {
    const pass = checks.filter((check) => check.outcome === "pass");
    const not = checks.filter((check) => check.outcome === "not_applicable");
    const partly = checks.filter((check) => check.outcome !== "not_applicable" && check.reason);
    const section = (title, entries, line) => entries.length === 0 ? [] : [
      h("h3", { class: "section-heading heading", text: title }), ...entries.map(line)];
    return [
      ...section("Passed", pass, (check) => answer("pass", check.id, "")),
      ...section("Tested in part", partly, (check) => answer("not_applicable", check.id, check.reason)),
      ...section("Not testable here", not, (check) => answer("not_applicable", check.id, check.reason ?? "")),
    ];
  }
  const answer = (kind, id, reason) => h("p", { class: "answer" },
    h("span", { class: `glyph ${kind}`, "aria-hidden": "true", text: GLYPHS[kind] }), h("span", {}, h("b", { text: id }), reason && ` · ${reason}`));

  function mark({ finding }) {
    [...list.children].forEach((node, i) => node.setAttribute("aria-selected", String(i === finding)));
    const selected = list.children[finding];
    if (selected) {
      list.setAttribute("aria-activedescendant", selected.id);
      selected.scrollIntoView({ block: "nearest" });
    } else list.removeAttribute("aria-activedescendant");
  }

  store.on(["report", "checking", "reading", "shot"], build);
  store.on(["finding"], mark);
  return root;
}
