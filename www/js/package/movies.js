// Dropped movies: checked by the page itself, one after another, and shown as a package.

import { announce, h } from "../dom.js";
import { isMovie } from "../shots.js";
import { utcNow } from "../time.js";
import { summaryOf } from "./report.js";
import { fileOf, moviePackage, shotIdOf, stemOf } from "./tree.js";
import { plural, verdict } from "./words.js";

const NOTHING = { schema_version: 1, shots: [] };

/** @param {any} app */
export function createMovies(app) {
  const { pool, store } = app;
  let controller = new AbortController();
  const words = h("h2", { role: "status" });
  const bar = /** @type {HTMLProgressElement} */ (h("progress", { "aria-label": "Checks" }));
  /** What stands in the place of the verdict until there is one. */
  app.movieBanner = h("div", { class: "banner" }, h("div", { class: "banner-words" }, words, bar),
    h("button", { class: "button", text: "Stop", onclick: () => controller.abort() }));

  /** The report of one movie, and its rate. `first` is the number of its first frame, where that is known. */
  async function check(movie, first, signal, progress) {
    const { view, display } = store.state.look;
    const request = { shot: stemOf(movie.path), generatedAt: utcNow(), view, display, first };
    return pool.bench("movie", { file: await fileOf(movie), name: movie.path, request }, { signal, progress });
  }

  /**
   * Opens movies without a report of their own, and checks them.
   * @param {any[]} sources @param {any} [from] the package that they lie in, to which one can go back
   */
  app.openMovies = async (sources, from = null) => {
    app.close();
    const mine = controller = new AbortController();
    const movies = sources.filter(({ path }) => isMovie(path));
    const name = movies.length === 1 ? stemOf(movies[0].path) : plural(movies.length, "movie");
    const metadata = new Map(movies.map(({ path }) => [shotIdOf(stemOf(path)), {}]));
    let raw = NOTHING;
    const show = (checking) => {
      const unchecked = !checking && raw.shots.length < movies.length ? movies : null;
      const pkg = Object.assign(moviePackage(name, movies, raw, metadata), { checking, unchecked, from });
      store.set({ pkg });
      return pkg;
    };
    store.set({ phase: "package", shots: [], movies: [], others: 0 });
    show(true);
    const started = performance.now();
    try {
      for (const [place, movie] of movies.entries()) {
        const count = movies.length > 1 ? `${place + 1} of ${movies.length}: ` : "";
        words.textContent = `Checking ${count}${movie.path.split("/").pop()}`;
        bar.removeAttribute("value");
        const [first] = from?.shots.find((shot) => shot.files.includes(movie.path))?.range ?? [];
        const { report, facts } = await check(movie, first, mine.signal, ({ done, total }) => Object.assign(bar, { max: total, value: done }));
        if (facts.rate) metadata.set(shotIdOf(stemOf(movie.path)), { frame_rate: facts.rate });
        const shots = [...raw.shots, ...report.shots];
        raw = { ...report, scene_id: name, summary: summaryOf(shots, shots.length), shots };
      }
      performance.measure("gsd:checks", { start: started, end: performance.now() });
    } catch (error) {
      if (error?.kind !== "cancelled") app.toast(`The checks could not be made: ${error?.what ?? error}`);
    }
    // Something else may have been opened meanwhile.
    if (controller !== mine || !store.state.pkg?.checking) return;
    const pkg = show(false);
    announce(`${pkg.name}: ${verdict(pkg).title}`);
  };

  /** Stops what is being checked. */
  app.stopMovies = () => controller.abort();
}
