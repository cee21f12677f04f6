// A movie's pictures through the browser's own decoder (WebCodecs): every frame's codes, as they lie in the file, go to the checks.

/** Pictures on their way at once: enough that the decoder never waits, and memory stays what it is. */
const MOST_ON_THE_WAY = 8;

/**
 * Runs the checks over a movie and answers with their report.
 * @param {any} run a MovieRun @param {(done: number, total: number) => void} progress
 * @param {() => Promise<void>} pause lets messages in, and throws where somebody has stopped it
 */
export async function checkMovie(run, progress, pause) {
  const plan = run.plan();
  const facts = { rate: plan.rate ?? null, size: plan.size ?? null };
  const settings = plan.undecodable ? null : await decoderSettings(plan);
  const refusal = plan.undecodable ?? (settings ? null : noDecoder(plan));
  if (refusal) return { report: run.finishUnseen(refusal), facts };
  const { unseen, problem } = await decodeMovie(run, settings, plan.pictures, progress, pause);
  return { report: unseen ? run.finishUnseen(unseen) : run.finish(problem), facts };
}

const noDecoder = ({ codec }) => (typeof VideoDecoder === "function"
  ? `this browser does not decode ${codec}; \`blender-gsd validate-output\` does`
  : "this browser gives no access to a movie's codes here (WebCodecs, for pages from this computer or over https); `blender-gsd validate-output` looks at them");

/** What the decoder is set up with, or null where there is none. Decoded by the processor, frames are planes that can be read. */
async function decoderSettings({ codec, configuration, size: [codedWidth, codedHeight] }) {
  if (typeof VideoDecoder !== "function") return null;
  for (const hardwareAcceleration of ["prefer-software", "no-preference"]) {
    const settings = { codec, description: configuration, codedWidth, codedHeight, hardwareAcceleration };
    const { supported } = await VideoDecoder.isConfigSupported(settings).catch(() => ({ supported: false }));
    if (supported) return settings;
  }
  return null;
}

/** Decodes every picture: `{unseen}` says why the browser's frames are of no use, `{problem}` what is wrong with the file. */
async function decodeMovie(run, settings, pictures, progress, pause) {
  /** @type {{unseen?: string, problem?: string, broken?: any}} */
  const answer = {};
  let taken = Promise.resolve();
  let untaken = 0;
  let seen = 0;
  let wake = () => {};
  let planes = new Uint8Array(0);

  const isOver = () => Boolean(answer.unseen ?? answer.problem ?? answer.broken);
  const fail = (error) => {
    // What has a kind is an answer; anything else but the decoder's own trouble means that the instance cannot be trusted any more.
    if (error?.kind || error instanceof DOMException) answer.problem ??= error.message;
    else answer.broken ??= error;
  };
  async function take(frame) {
    try {
      // What the decoder gave before a fault in the file still counts.
      if (answer.unseen || answer.broken) return;
      if (!run.takes(frame.format ?? "")) {
        answer.unseen = `the browser decodes this movie to frames of its own kind (${frame.format ?? "opaque"}), which do not have the file's codes`;
        return;
      }
      const bytes = frame.allocationSize();
      if (planes.byteLength !== bytes) planes = new Uint8Array(bytes);
      await frame.copyTo(planes);
      run.observe(frame.timestamp, frame.format, planes);
      progress(++seen, pictures);
    } catch (error) {
      fail(error);
    } finally {
      frame.close();
      untaken -= 1;
      wake();
    }
  }

  const decoder = new VideoDecoder({
    output(frame) {
      untaken += 1;
      taken = taken.then(() => take(frame));
    },
    error(error) {
      fail(error);
      wake();
    },
  });
  decoder.addEventListener("dequeue", () => wake());
  const room = () => new Promise((resolve) => { wake = () => resolve(undefined); });
  try {
    decoder.configure(settings);
    for (let place = 0; place < pictures && !isOver(); place++) {
      await pause();
      while (decoder.decodeQueueSize + untaken >= MOST_ON_THE_WAY && !isOver()) await room();
      if (isOver()) break;
      const { data, timestamp, isKey } = run.picture(place);
      decoder.decode(new EncodedVideoChunk({ type: isKey ? "key" : "delta", timestamp, data }));
    }
  } catch (error) {
    if (error?.kind === "cancelled") answer.broken = error;
    else fail(error);
  }
  if (decoder.state === "configured" && !answer.broken && !answer.unseen) await decoder.flush().catch(fail);
  if (decoder.state !== "closed") decoder.close();
  await taken;
  if (answer.broken) throw answer.broken;
  return answer;
}
