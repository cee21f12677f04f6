// Dropped files as shots: sequences as Rust groups them, with the numbers that are missing between.

let keys = 0;

/**
 * @param {any} engine @param {{path: string, file: File}[]} sources
 */
export function makeShots(engine, sources) {
  const files = new Map(sources.map(({ path, file }) => [path, file]));
  return engine.groupFiles([...files.keys()]).map((sequence) => {
    const frames = sequence.frames.map(({ number, name }) => ({
      key: `f${++keys}`,
      number,
      name,
      file: files.get(name),
      inspection: null,
      thumb: null,
      cached: false,
    }));
    return {
      // One frame alone is known by its file's name, number and all.
      name: frames.length > 1 ? sequence.stem : frames[0].name.split("/").pop().replace(/\.[^.]+$/, ""),
      range: sequence.range,
      gaps: sequence.gaps,
      missing: sequence.missing,
      numbered: sequence.frames.length > 1,
      frames,
      report: null,
      checking: null,
    };
  });
}

/** Frames and gaps in the order of their numbers: `{frame}` or `{gap: [first, last]}`. */
export function rowsOf(shot) {
  const rows = shot.frames.map((frame) => ({ number: frame.number, frame }));
  for (const gap of shot.gaps) rows.push({ number: gap[0], gap });
  return rows.sort((a, b) => a.number - b.number);
}

/** Findings of a frame: by its number where frames are numbered, else by its file. */
export const findingsOf = (shot, frame) =>
  (shot?.report?.shots[0]?.issues ?? []).filter((issue) => (shot.numbered ? issue.frame === frame.number : issue.file === frame.name));

/** The glyph that stands beside a severity's word. */
export const GLYPHS = { error: "✕", warning: "▲", info: "i", pass: "✓", issues: "!", not_applicable: "–" };
export const WORST = ["error", "warning", "info"];
