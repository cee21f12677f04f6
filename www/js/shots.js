// Dropped files as shots: sequences as Rust groups them, with the numbers that are missing between.

let keys = 0;

/**
 * @param {any} engine @param {{path: string, file: File|null, url?: string|null}[]} sources those without a file are fetched when they are shown
 */
export function makeShots(engine, sources) {
  const files = new Map(sources.map((source) => [source.path, source]));
  return engine.groupFiles([...files.keys()]).map((sequence) => {
    const frames = sequence.frames.map(({ number, name }) => ({
      key: `f${++keys}`,
      number,
      name,
      file: files.get(name).file ?? null,
      entry: files.get(name),
      inspection: null,
      thumb: null,
    }));
    return {
      // What reports call it, here as on the command line.
      id: sequence.stem,
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

export const isMovie = (path) => /\.(mov|mp4|m4v)$/i.test(path);

/** Whether a finding holds for a frame: by its numbers where frames are numbered, else by its file; a movie has the same frames. */
export const holdsFor = (shot, frame, issue) => (shot.numbered
  ? issue.frame <= frame.number && frame.number <= (issue.last_frame ?? issue.frame)
  : issue.file === frame.name || isMovie(issue.file));

/** Findings of a frame. */
export const findingsOf = (shot, frame) => (shot?.report?.shots[0]?.issues ?? []).filter((issue) => holdsFor(shot, frame, issue));

/** The glyph that stands beside a severity's word. */
export const GLYPHS = { error: "✕", warning: "▲", info: "i", pass: "✓", issues: "!", not_applicable: "–" };
export const WORST = ["error", "warning", "info"];
