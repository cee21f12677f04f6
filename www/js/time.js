// Frames and seconds: the one place where a frame number becomes a time; and the moment as reports have it.

/**
 * The middle of a frame in a movie, in seconds: a seek to a frame's edge may show the frame before.
 * @param {number} frame @param {number} first the movie's first frame @param {number} rate frames per second
 */
export const timeOfFrame = (frame, first, rate) => (frame - first + 0.5) / rate;

/** The frame that a movie shows at a time in seconds. */
export const frameAtTime = (seconds, first, rate) => first + Math.floor(seconds * rate + 1e-6);

/** Where a file states no rate. */
export const USUAL_RATE = 24;

/** A rate as a number: `{numerator, denominator}`, `[24, 1]`, `"24000/1001"` or 24; null for anything else. */
export function rateOf(value) {
  const parts = Array.isArray(value) ? value
    : typeof value === "string" ? value.split("/")
      : value && typeof value === "object" ? [value.numerator, value.denominator] : [value];
  const [over, under] = [Number(parts[0]), Number(parts[1] ?? 1)];
  return over > 0 && under > 0 && Number.isFinite(over / under) ? over / under : null;
}

/** A rate in words: 24, 23.976. */
export const rateWords = (rate) => String(Number(rate.toFixed(3)));

/** This moment: RFC 3339, UTC, whole seconds. */
export const utcNow = () => new Date().toISOString().replace(/\.\d+Z$/, "Z");
