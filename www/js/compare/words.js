// What changed from one version to the next, in words. No pixel is touched here: those numbers come from Rust.

/** A shot's name without what tells versions apart. */
export const bareName = (name) => name.split("/").pop().replace(/\.[^.]*$/, "").replace(/[._-]?v\d+/gi, "").replace(/[._-]?\d{3,}$/, "").toLowerCase();

/** The version in a name: `v012`; empty where there is none. */
export const versionOf = (name) => /v\d+/i.exec(name)?.[0] ?? "";

/** For each shot the one of the other version that it belongs to: of the same bare name, else the only one there is. */
export function pairUp(shots, others) {
  return new Map(shots.map((shot) => {
    const same = others.filter((other) => bareName(other.name) === bareName(shot.name));
    return [shot, same[0] ?? (shots.length === 1 && others.length === 1 ? others[0] : null)];
  }));
}

const overlap = ([x0, y0, w0, h0], [x1, y1, w1, h1]) => {
  const width = Math.min(x0 + w0, x1 + w1) - Math.max(x0, x1);
  const height = Math.min(y0 + h0, y1 + h1) - Math.max(y0, y1);
  return width > 0 && height > 0;
};
const sameTime = (a, b) => a.frame <= (b.last_frame ?? b.frame) && b.frame <= (a.last_frame ?? a.frame);
/** Findings are the same when check, frames and place are: words and numbers may change with the picture. */
const same = (a, b) => a.check === b.check && sameTime(a, b) && (a.region && b.region ? overlap(a.region, b.region) : Boolean(a.region) === Boolean(b.region));

/** @param {any[]} now @param {any[]} before findings of both versions */
export function findingsChanged(now, before) {
  return {
    fixed: before.filter((old) => !now.some((issue) => same(issue, old))),
    added: now.filter((issue) => !before.some((old) => same(issue, old))),
    still: now.filter((issue) => before.some((old) => same(issue, old))),
  };
}

/** What headers say differently: `[name, before, now]`. */
export function metadataChanged(now, before) {
  const facts = (part) => new Map([
    ["compression", part.compression], ["colour", part.color_space.name], ["channels", part.channels.map(({ name, type }) => `${name} ${type}`).join(", ")],
    ...part.attributes.filter(({ name }) => name !== "compression").map(({ name, value }) => [name, String(value)]),
  ]);
  const [a, b] = [facts(before), facts(now)];
  return [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name)).map((name) => [name, a.get(name) ?? "–", b.get(name) ?? "–"]);
}

const percent = (share) => (share > 0 && share < 0.0001 ? "under 0.01 %" : `${(share * 100).toFixed(share < 0.1 ? 2 : 1)} %`);

/** The picture's change in a sentence. @param {any} changes Rust's answer */
export function pictureChanged({ sameWindows, identical, touched, changed, largest }) {
  if (identical) return "The pictures are identical, to the bit.";
  const parts = [sameWindows ? "" : "The windows differ; the area that both have was compared."];
  if (touched === 0) parts.push("What both have is identical, to the bit.");
  else if (changed === 0) parts.push(`${percent(touched)} of the pixels have other numbers, none looks different: at most ${largest.toFixed(1)} of 255 codes.`);
  else parts.push(`${percent(changed)} of the pixels look different, by up to ${largest.toFixed(0)} of 255 codes; ${percent(touched)} have other numbers.`);
  return parts.filter(Boolean).join(" ");
}
