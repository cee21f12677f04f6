// The movie of a shot at a frame, with the findings that lie on it.

import { announce, h, svg } from "../dom.js";
import { GLYPHS } from "../shots.js";
import { USUAL_RATE, frameAtTime, rateWords, timeOfFrame } from "../time.js";
import { fileOf, movieOf } from "./tree.js";
import { frames } from "./words.js";

/** @param {any} app */
export function createPreview(app) {
  const video = /** @type {HTMLVideoElement} */ (h("video", { playsinline: true, preload: "auto", "aria-label": "Preview" }));
  video.muted = true;
  const boxes = svg("svg", { class: "preview-boxes", preserveAspectRatio: "none", "aria-hidden": "true" });
  const title = h("h2", { id: "preview-title" });
  const counter = h("strong", { class: "mono", "aria-live": "off" });
  const found = h("div", { class: "preview-found", role: "status" });
  const slider = h("input", { type: "range", min: "0", step: "1", "aria-label": "Frame", oninput: () => seek(Number(slider.value)) });
  const play = h("button", { class: "button", text: "▶", "aria-label": "Play", onclick: () => toggle() });
  const exr = h("button", { class: "button", text: "Open the EXR at this frame", onclick: () => { dialog.close(); app.openMaster(shown.shot, shown.frame, shown.issue); } });
  const dialog = h("dialog", { class: "preview", "aria-labelledby": "preview-title", onkeydown: press, onclose: stop },
    h("div", { class: "dialog-head" }, title, h("button", { "aria-label": "Close", text: "✕", onclick: () => dialog.close() })),
    h("div", { class: "preview-picture" }, video, boxes),
    h("div", { class: "preview-bar" },
      h("button", { class: "button", text: "◀", "aria-label": "Frame before", onclick: () => seek(shown.frame - 1) }), play,
      h("button", { class: "button", text: "▶▏", "aria-label": "Next frame", onclick: () => seek(shown.frame + 1) }), slider, counter, exr),
    found);
  document.body.append(dialog);
  /** @type {any} */
  let shown = null;
  let url = null;

  function press(event) {
    if (event.target === slider && event.key.startsWith("Arrow")) return;
    const run = {
      ArrowLeft: () => seek(shown.frame - 1), ArrowRight: () => seek(shown.frame + 1),
      Home: () => seek(shown.first), End: () => seek(shown.last), " ": () => event.target.closest("button") ? null : toggle(),
    }[event.key];
    if (!run || run() === null) return;
    event.preventDefault();
  }

  function toggle() {
    if (video.paused) video.play().catch(() => say("The browser does not play this movie."));
    else {
      video.pause();
      seek(shown.frame);
    }
  }

  function seek(frame) {
    shown.frame = Math.min(Math.max(frame, shown.first), shown.last);
    video.pause();
    video.currentTime = timeOfFrame(shown.frame, shown.first, shown.rate);
    show();
  }

  function show() {
    const { shot, frame, first, last, rate, issue } = shown;
    counter.textContent = `${frame} / ${first}–${last} · ${rateWords(rate)} fps`;
    slider.value = String(frame);
    slider.setAttribute("aria-valuetext", `frame ${frame}`);
    const here = shot.issues.filter((each) => each === issue || (each.frame !== null && each.frame <= frame && frame <= (each.last_frame ?? each.frame)));
    found.replaceChildren(...here.map((each) => h("p", { class: each === issue ? "chosen" : null },
      h("span", { class: `glyph ${each.severity}`, "aria-hidden": "true", text: GLYPHS[each.severity] }), ` ${frames(each)} · ${each.check} · ${each.description}`)));
    // Regions are in the pixels of the file they were found in; the preview shows the same picture, smaller.
    const own = [video.videoWidth || 1, video.videoHeight || 1];
    const [width, height] = shot.size ?? own;
    const scale = (file) => (file === shown.path ? [width / own[0], height / own[1]] : [1, 1]);
    boxes.setAttribute("viewBox", `0 0 ${width} ${height}`);
    boxes.replaceChildren(...here.filter((each) => each.region).map(({ region: [x, y, w, h2], severity, file }) => {
      const [across, down] = scale(file);
      return svg("rect", { class: severity, x: x * across, y: y * down, width: w * across, height: h2 * down });
    }));
  }

  function say(text) {
    found.replaceChildren(h("p", { text }));
    announce(text);
  }

  function stop() {
    video.pause();
    video.removeAttribute("src");
    video.load();
    if (url) URL.revokeObjectURL(url);
    url = null;
  }

  video.addEventListener("timeupdate", () => {
    if (video.paused || !shown) return;
    shown.frame = Math.min(frameAtTime(video.currentTime, shown.first, shown.rate), shown.last);
    show();
  });
  for (const type of ["play", "pause"]) {
    video.addEventListener(type, () => {
      play.textContent = video.paused ? "▶" : "❚❚";
      play.setAttribute("aria-label", video.paused ? "Play" : "Stop");
    });
  }
  video.addEventListener("loadedmetadata", () => { if (shown) seek(shown.frame); });
  video.addEventListener("error", () => { if (video.hasAttribute("src")) say("The preview cannot be shown: it is not beside this page, or the browser does not decode H.264."); });

  /** @param {any} pkg @param {any} shot @param {any} [issue] */
  return async function open(pkg, shot, issue) {
    const path = movieOf(pkg, shot, issue);
    const entry = pkg.entries.get(path);
    const [first, last] = shot.range ?? [1, Math.max(shot.count, 1)];
    const frame = issue?.peak_frame ?? issue?.frame ?? first;
    shown = { shot, issue, path, first, last, rate: shot.rate ?? USUAL_RATE, frame: Math.min(Math.max(frame, first), last) };
    title.textContent = `${shot.id} · preview`;
    Object.assign(slider, { min: String(first), max: String(last) });
    exr.hidden = !app.canOpen(shot);
    dialog.showModal();
    show();
    if (!entry) return say("There is no preview in this package.");
    try {
      url = await mediaUrl(entry);
      video.src = url;
    } catch (error) {
      say(`The preview cannot be read: ${error.message}`);
    }
  };
}

/** Where a movie or a picture can be shown from: the bytes at hand, else its place beside the page. @param {any} entry */
export async function mediaUrl(entry) {
  return entry.file || !entry.url ? URL.createObjectURL(await fileOf(entry)) : entry.url;
}
