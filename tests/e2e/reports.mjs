// Reports of the page and of the command line, side by side.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { binary, scratch } from "./page.mjs";

/** What the command line says of a file or folder, with models for text where they are named; the page has no project, and neither has this. */
export function reported(path, models = join(scratch, "no-models")) {
  const { status, stdout, stderr } = spawnSync(binary, ["validate-output", "--json", "--path", path, "--project", scratch], {
    encoding: "utf8", maxBuffer: 1 << 26, env: { ...process.env, BLENDER_GSD_MODELS: models },
  });
  assert.ok(status === 0 || status === 1, stderr);
  return JSON.parse(stdout);
}

/** Without what only one of the two can know: the clock, folders, what files were on the disk, and why it does not read text. */
export function comparable({ generated_at: _, scene_id: __, shots, ...rest }) {
  const name = (path) => path.split("/").at(-1);
  const reason = (text) => text?.replace(/(text was not looked for): .*?(?=; (?!`)|$)/, "$1");
  const told = (text) => text.replace(/\S*\/(?=[^/\s]+\.(exr|mov|mp4))/g, "");
  return {
    ...rest,
    shots: shots.map((shot) => ({
      ...shot,
      checks: shot.checks.map((check) => ("reason" in check ? { ...check, reason: reason(check.reason) } : check)),
      files: shot.files.map(({ path, kind }) => ({ path: name(path), kind })),
      issues: shot.issues.map((issue) => ({ ...issue, file: name(issue.file), description: told(issue.description) })),
    })),
  };
}

/** Fails at the first field that differs, and says which it is. */
export function assertSame(ours, theirs, place = "report") {
  if (ours !== null && theirs !== null && typeof ours === "object" && typeof theirs === "object") {
    assert.deepEqual(Object.keys(ours).sort(), Object.keys(theirs).sort(), place);
    for (const key of Object.keys(ours)) assertSame(ours[key], theirs[key], `${place}.${key}`);
  } else assert.equal(ours, theirs, place);
}
