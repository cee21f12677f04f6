// Packages on their way in, and the way between the package page and the pictures.

import { announce } from "../dom.js";
import { makeShots } from "../shots.js";
import { createMovies } from "./movies.js";
import { carriedPackage, readPackage, reportOf, reportPaths } from "./tree.js";
import { plural, verdict } from "./words.js";

const isPicture = (path) => /\.s?exr$/i.test(path);

/** @param {any} app */
export function createPackages(app) {
  const { store } = app;
  createMovies(app);
  const reach = (entry) => Boolean(entry && (entry.file || (entry.url && location.protocol !== "file:")));

  /** Whether there is a report among what was dropped. */
  app.holdsPackage = (sources) => reportPaths(sources).length > 0;

  app.openPackage = async (sources) => {
    const [path] = reportPaths(sources);
    try {
      show(await readPackage(sources, path));
    } catch (error) {
      store.set({
        failure: {
          kind: "input", title: "The report of this package cannot be read", what: error.message, place: path,
          next: "Make it again with `blender-gsd validate-output`, or drop the frames alone", message: error.message,
        },
      });
    }
  };

  /** Goes back to a package that was open. @param {any} pkg */
  app.showPackage = (pkg) => show(pkg);

  /** Opens what a single-file page carries. @param {any} carried */
  app.openCarried = (carried) => show(carriedPackage(carried));

  function show(pkg) {
    app.close();
    const pictures = [...pkg.entries.values()].filter((entry) => isPicture(entry.path) && reach(entry));
    const shots = pictures.length > 0 ? makeShots(app.engine, pictures) : [];
    for (const shot of shots) {
      const owner = pkg.shots.find((each) => each.masters.includes(shot.frames[0].name));
      if (owner?.reports.length > 0) Object.assign(shot, { name: owner.id, report: reportOf(pkg, owner) });
    }
    store.set({ phase: "package", pkg, shots, others: 0, shot: null });
    announce(`${pkg.name}: ${plural(pkg.shots.length, "shot")}. ${verdict(pkg).title}`);
  }

  const viewed = (shot) => store.state.shots.find((each) => shot?.masters.includes(each.frames[0].name));
  app.canOpen = (shot) => Boolean(shot && store.state.pkg && shot.masters.some((path) => reach(store.state.pkg.entries.get(path))));

  /** Opens a shot of the package in the viewer, at a frame, with a finding selected. */
  app.openMaster = async (shot, number, issue) => {
    const target = viewed(shot);
    if (!target) return;
    if (store.state.phase === "package") left = document.activeElement;
    store.set({ phase: "ready" });
    const frame = target.frames.find((each) => each.number === number) ?? target.frames[0];
    await app.showFrame(target, frame);
    const index = issue ? target.report?.shots[0].issues.indexOf(issue) ?? -1 : -1;
    if (index >= 0) await app.selectFinding(index, { stay: true });
  };

  /** What had the focus when the package page was left: there one goes on after coming back. */
  let left = null;
  function comeBack() {
    store.set({ phase: "package", playing: false });
    queueMicrotask(() => { if (left?.isConnected) left.focus(); });
  }

  /** Between the package page and the pictures. */
  app.togglePackage = () => {
    const { phase, pkg, shots, shot, frame } = store.state;
    if (!pkg) return announce("No package is open");
    if (phase === "ready") return comeBack();
    left = document.activeElement;
    if (shot && frame) store.set({ phase: "ready" });
    else if (shots.length > 0) {
      store.set({ phase: "ready" });
      app.showFrame(shots[0], shots[0].frames[0]);
    }
  };
}
