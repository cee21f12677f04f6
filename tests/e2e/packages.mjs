// A small package on disk, with the tree, the report and the history of a real one.

import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { binary, demo, scratch } from "./page.mjs";

/** Frames of the first shot; each of its preview's frames is a grey of its own. */
export const FRAMES = [1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008];
/** `xxhsum -H128` of that frame. */
const XXH128_OF_1003 = "2c20deaaf754f02648f8504dbff6c262";
export const greyOf = (frame) => 40 + (frame - 1001) * 20;

/** A movie of flat greys, one a frame, as the encoder of the previews makes them. */
function movie(path, frames) {
  const [width, height] = [192, 80];
  const pictures = Buffer.concat(frames.map((frame) => Buffer.alloc(width * height, greyOf(frame))));
  execFileSync("ffmpeg", ["-loglevel", "error", "-y", "-f", "rawvideo", "-pix_fmt", "gray", "-s", `${width}x${height}`, "-r", "24", "-i", "-",
    "-c:v", "libx264", "-pix_fmt", "yuv420p", "-g", "4", "-movflags", "+faststart", path], { input: pictures });
}

const finding = (more) => ({ check: "grain_visible", severity: "warning", category: "visual", description: "", frame: 1001, region: null, file: "", ...more });

/**
 * Makes the package and returns its folder. `leaveOut` are names of masters that shall be missing, `change` changes the report.
 * @param {{name?: string, leaveOut?: string[], change?: (report: any) => void}} [options]
 */
export function makePackage({ name = "SCN-002", leaveOut = [], change = () => {} } = {}) {
  const root = join(scratch, `package-${Math.random().toString(36).slice(2)}`, name);
  for (const folder of ["masters", "preview", "prores", "metadata/shots", "ascmhl"]) mkdirSync(join(root, folder), { recursive: true });
  for (const frame of FRAMES) copyFileSync(demo("SHOT-002-001", frame), join(root, `masters/SHOT-002-001_master.${frame}.exr`));
  copyFileSync(demo("SHOT-002-002", 1001), join(root, "masters/SHOT-002-002_master.exr"));
  movie(join(root, "preview/SHOT-002-001_preview.mp4"), FRAMES);
  movie(join(root, "preview/SHOT-002-002_preview.mp4"), [1001]);
  // Exit 1: there are findings, which is what it is for.
  try {
    execFileSync(binary, ["validate-output", "--path", join(root, "masters"), "--format", "none", "--report", join(root, "qc_report.json"), "-q"], { stdio: "ignore" });
  } catch (error) {
    if (error.status !== 1) throw error;
  }
  const report = JSON.parse(readFileSync(join(root, "qc_report.json"), "utf8"));
  const first = report.shots.find((shot) => shot.shot_id.startsWith("SHOT-002-001"));
  first.issues.push(
    finding({ severity: "error", check: "no_modern_elements", category: "period", description: "“LEDBillboard” <b>is</b> on screen", frame: 1005, region: [10, 12, 60, 40], file: "output/editorial/SCN-002/masters/SHOT-002-001_master.1005.exr", measured: 0.9, limit: 0.005, layer: "beauty" }),
    finding({ severity: "warning", check: "frame_rate_correct", category: "technical", description: "Two frames of the movie are alike", frame: 1006, last_frame: 1007, file: "preview/SHOT-002-001_preview.mp4" }));
  first.status = "fail";
  change(report);
  writeFileSync(join(root, "qc_report.json"), JSON.stringify(report));
  metadata(root, "SHOT-002-001", [1001, 1008]);
  metadata(root, "SHOT-002-002", [1001, 1001]);
  writeFileSync(join(root, "metadata/scene_metadata.json"), JSON.stringify({ scene_id: name, frame_rate: { numerator: 24, denominator: 1 } }));
  // The movie's checksum is a wrong one; the report's is left to its size.
  const listed = [["qc_report.json", ""], ["preview/SHOT-002-001_preview.mp4", "<xxh128>00000000000000000000000000000000</xxh128>"],
    ["masters/SHOT-002-001_master.1003.exr", `<xxh128>${XXH128_OF_1003}</xxh128>`]];
  const sizes = listed.map(([path, hash]) => `<hash><path size="${readFileSync(join(root, path)).length}">${path}</path>${hash}</hash>`);
  writeFileSync(join(root, "ascmhl/0001_test.mhl"), `<hashlist version="2.0" xmlns="urn:ASC:MHL:v2.0"><hashes>${sizes.join("")}</hashes></hashlist>`);
  for (const path of leaveOut) execFileSync("rm", [join(root, path)]);
  return root;
}

function metadata(root, shot, range) {
  writeFileSync(join(root, `metadata/shots/${shot}.json`), JSON.stringify({
    shot_id: shot, frame_range: range, frame_rate: { numerator: 24, denominator: 1 },
    files: [{ path: `preview/${shot}_preview.mp4`, kind: "preview_h264" }, { path: `masters/${shot}_master.exr`, kind: "master_exr" }],
    exr: [{ display_window: [0, 0, 800, 335], color_space: { name: "ACEScg" } }],
  }));
}

/** Chooses a folder and waits for its package page, or for the card that says why there is none. */
export async function openFolder(page, root) {
  await page.driver.findElement({ id: "choose-folder" }).sendKeys(root);
  await page.until("return document.body.dataset.phase === 'package' && gsd.store.state.pkg !== null || !!document.querySelector('.card')", "the package page");
}
