// A layer of a frame, decoded by all workers: what to ask for, and how the answers become one.

/** What of a file is read for a layer, and where its colours are among it. */
export function planOf(inspection, index) {
  const layer = inspection.layers[index];
  const part = inspection.parts[layer.part];
  const channels = [...new Set([...layer.color, ...(layer.alpha === null ? [] : [layer.alpha])])];
  return {
    layer, part, channels,
    names: channels.map((channel) => part.channels[channel].name),
    color: layer.color.map((channel) => channels.indexOf(channel)),
    alpha: layer.alpha === null ? null : channels.indexOf(layer.alpha),
  };
}

/** The picture that a viewer makes room for. */
export const roomFor = (plan) => ({
  dataWindow: plan.part.data_window,
  displayWindow: plan.part.display_window,
  planes: plan.channels.map((channel) => plan.part.channels[channel].type),
  color: plan.color,
  alpha: plan.alpha,
});

export const emptyEntry = () => ({ pieces: [], bytes: 0, missing: [], failure: null });

/** Neighbouring rows that could not be read, as one area with the first reason. */
function merged(missing) {
  const sorted = [...missing].sort((a, b) => a.region[1] - b.region[1] || a.region[0] - b.region[0]);
  const areas = [];
  for (const { region: [x, y, width, height], reason } of sorted) {
    const last = areas.at(-1)?.region;
    if (last && last[0] === x && last[2] === width && last[1] + last[3] === y) last[3] += height;
    else areas.push({ region: [x, y, width, height], reason });
  }
  return areas;
}

function take(piece, entry) {
  if (piece.lost) entry.missing.push({ region: piece.lost, reason: piece.reason });
  else {
    entry.pieces.push(piece);
    entry.missing.push(...piece.missing);
    for (const plane of piece.planes) entry.bytes += plane.data.byteLength;
  }
}

/**
 * Spreads the bands over the workers, each a contiguous range, and fills `entry`.
 * @param {any} app @param {any} source @param {any} plan @param {any} entry @param {AbortSignal} signal
 * @param {(piece: any) => void} receive told of every run of bands
 */
export async function decodeInto(app, source, plan, entry, signal, receive) {
  const { pool, engine } = app;
  const bands = plan.part.bands;
  const lanes = Math.min(pool.size, bands);
  const edge = (lane) => Math.round((bands * lane) / lanes);
  const progress = (piece) => {
    if (signal.aborted) return;
    take(piece, entry);
    receive(piece);
  };
  const jobs = Array.from({ length: lanes }, (_, lane) =>
    pool.decoder(lane, "decode", {
      ...source, part: plan.layer.part, channels: plan.channels, bytes: engine.catalog.messageBytes, first: edge(lane), end: edge(lane + 1),
    }, { signal, progress }));
  const answers = await Promise.allSettled(jobs);
  const fault = answers.find((answer) => answer.status === "rejected")?.reason;
  if (fault?.kind === "cancelled") throw fault;
  entry.missing = merged(entry.missing);
  entry.failure = fault ?? answers.map((answer) => answer.value?.failure).find(Boolean) ?? null;
  if (fault && entry.pieces.length === 0) throw fault;
}
