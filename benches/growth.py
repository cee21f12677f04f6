"""How time and memory grow with frames, threads and width.

    growth.py GSD SERVE FOLDER [--frames 1,12,120,600] [--widths 512,...] [--threads 1,2]

Writes FOLDER/growth.json, for benches/report.py. Nobody stands beside us here: what is asked is whether a frame costs the
same in a long shot as in a short one, a pixel the same in a large frame as in a small one, and how much memory it takes.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
from pathlib import Path

from export_peers import ALL, Project, make_plates, run

# Of the film's shape.
SHAPE = 1716 / 4096


def numbers(text):
    return [int(word) for word in text.split(",")]


def entry(row_id, title, times, units):
    """Of several runs, the median time for a unit and the most memory."""
    seconds = statistics.median(taken for taken, _, _ in times)
    return {"id": row_id, "title": title, "ours_ms": seconds * 1e3 / units, "ours_mib": max(most for _, most, _ in times)}


def frames(arguments, plates, work):
    """The three movies of shots of several lengths."""
    for count in arguments.frames:
        project = Project(work / f"frames{count}", plates, count)
        rounds = arguments.rounds if count <= 120 else 1
        times = [run(project.command(arguments.gsd, ALL, "untonemapped")) for _ in range(rounds)]
        yield entry(f"growth/frames/{count}", f"EXR to three movies, {count} frames: a frame", times, count)
        shutil.rmtree(project.folder)


def checks(arguments, folder):
    """All checks of a shot: reading, decoding, looking."""
    command = [arguments.gsd, "validate-output", "--path", folder, "--format", "none", "--report", folder.with_suffix(".json"), "--quiet"]
    return [run(command, allowed=(0, 1)) for _ in range(1 + arguments.rounds)][1:]


def threads(arguments, plates):
    """The checks of a shot with several numbers of threads."""
    for number in arguments.threads:
        os.environ["RAYON_NUM_THREADS"] = str(number)
        title = f"all checks of {len(plates)} frames, {number} {'thread' if number == 1 else 'threads'}: a frame"
        yield entry(f"growth/threads/{number}", title, checks(arguments, plates[0].parent), len(plates))
    del os.environ["RAYON_NUM_THREADS"]


def widths(arguments, count=4):
    """The checks of frames of several sizes."""
    for width in arguments.widths:
        height = round(width * SHAPE / 2) * 2
        folder = arguments.folder / f"plates{width}"
        make_plates(arguments.serve, folder, count, (width, height))
        title = f"all checks, {width}x{height}: a million pixels"
        yield entry(f"growth/width/{width}", title, checks(arguments, folder), count * width * height / 1e6)
        shutil.rmtree(folder)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("gsd")
    parser.add_argument("serve")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--frames", type=numbers, default=[1, 12, 120, 600])
    parser.add_argument("--widths", type=numbers, default=[512, 1024, 2048, 4096, 8192])
    parser.add_argument("--threads", type=numbers, default=[1, 2])
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    load = os.getloadavg()
    work = arguments.folder / "growth"
    shutil.rmtree(work, ignore_errors=True)
    plates = make_plates(arguments.serve, arguments.folder / "plates", 12)
    rows = [*frames(arguments, plates, work), *threads(arguments, plates), *widths(arguments)]
    shutil.rmtree(work, ignore_errors=True)
    machine = {"system": platform.platform(), "cores": os.cpu_count(), "load": load}
    (arguments.folder / "growth.json").write_text(json.dumps({"machine": machine, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
