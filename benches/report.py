"""One table of all that was measured, also as bench.json beside them: report.py [--markdown] decode.json browser.json ...

Ratios are the other's time over ours: 2 is twice as fast. Exits with 0 whether or not a target is met: a busy machine is
no failure of the code. "By cpu" is the ratio of processor time, which other programs disturb least; the target is for the
clock.
"""

import datetime
import json
import sys
from pathlib import Path

# By row; a number is the least ratio, `{"ms": …}` the most milliseconds, `{"MiB": …}` the most memory,
# `{"more": …}` the largest share of the other's time on top of it.
TARGETS = {
    "decode/zip/1T/OpenEXR": 1.25,
    "decode/zip/1T/OpenImageIO": 2.2,
    "decode/piz/1T/OpenEXR": 1.0,
    "decode/dwaa/1T/OpenEXR": 1.0,
    "color/rec709-u16/1T/OpenColorIO": 5.0,
    "color/aces1-u16/1T/OpenColorIO": 8.0,
    "color/aces2-u16/1T/OpenColorIO": 10.0,
    "wasm/aces2-u16/OpenColorIO": 3.0,
    "browser/zip/three.js": 9.0,
    "browser/zip/exrs": 4.0,
    "browser/drop/picture": {"ms": 300.0},
    "browser/drop/first-rows": {"ms": 100.0},
    "browser/drop/header": {"ms": 100.0},
    "browser/drop/longest-task": {"ms": 50.0},
    "browser/checks": {"ms": 1500.0},
    "browser/exposure": {"ms": 42.0},
    "browser/playback/1024x778": {"ms": 42.0},
    "export/three/ffmpeg, its best settings": 1.35,
    "export/three/ffmpeg, prores_aw": 1.35,
    "export/three/ffmpeg, defaults": 4.5,
    "export/aces2-4444/oiiotool + ffmpeg": 10.0,
    "export/qc/without": {"more": 0.15},
    "export/memory": {"MiB": 300.0},
    "page/wasm": {"KB": 900.0},
}


# What a figure may be, and how it is told.
UNITS = {"ours_ms": ("ms", ".1f"), "ours_mib": ("MiB", ".0f"), "ours_kb": ("KB", ".0f")}
HEAD = ["what", "ours", "peak MiB", "against", "its ms", "ratio", "by cpu", "target", ""]
RIGHT = {1, 2, 4, 5, 6, 7}


def cells(row):
    """One line of the table."""
    key = next(key for key in UNITS if key in row)
    unit, digits = UNITS[key]
    wanted, verdict = held_against(TARGETS.get(row["id"]), row[key], unit, row)
    return [
        row["title"], f"{row[key]:{digits}} {unit}", f"{row['ours_mib']:.0f}" if key != "ours_mib" and "ours_mib" in row else "",
        row.get("peer", ""), f"{row['peer_ms']:.1f}" if "peer_ms" in row else "", f"{row['ratio']:.2f}x" if "ratio" in row else "",
        f"{row['cpu_ratio']:.2f}x" if "cpu_ratio" in row else "", wanted, verdict,
    ]


def held_against(target, ours, unit, row):
    """The target in words, and whether it is met."""
    if target is None:
        return "", ""
    if not isinstance(target, dict):
        return f">= {target:.2f}x", said(row["ratio"] >= target)
    if "more" in target:
        return f"<= +{target['more']:.0%}", said(ours <= (1 + target["more"]) * row["peer_ms"])
    return f"<= {target[unit]:.0f} {unit}", said(ours <= target[unit])


def said(is_met):
    return "met" if is_met else "MISSED"


def plain(table):
    """For a terminal."""
    widths = [max(len(row[column]) for row in table) for column in range(len(HEAD))]
    for row in table:
        parts = [text.rjust(width) if i in RIGHT else text.ljust(width) for i, (text, width) in enumerate(zip(row, widths))]
        print("  ".join(parts).rstrip())


def markdown(table):
    """For docs/PERFORMANCE.md."""
    table = [table[0], [":--" if i not in RIGHT else "--:" for i in range(len(HEAD))], *table[1:]]
    for row in table:
        print("| " + " | ".join(row) + " |")


def main():
    show = markdown if "--markdown" in sys.argv else plain
    files = [Path(name) for name in sys.argv[1:] if not name.startswith("--")]
    reports = [json.loads(file.read_text()) for file in files if file.exists()]
    rows = [row for report in reports for row in report["rows"]]
    show([HEAD] + [cells(row) for row in rows])
    notes = [note for report in reports for note in report.get("notes", ())]
    for note in notes:
        print(f"  {note}")
    machines = [report["machine"] for report in reports]
    busiest = max((machine["load"][0] for machine in machines), default=0)
    if busiest > 0.7:
        print(f"\nThe machine was busy beforehand (load {busiest:.1f}): these figures are preliminary.")
    if files:
        whole = {"date": datetime.date.today().isoformat(), "machines": machines, "rows": rows, "notes": notes}
        (files[0].parent / "bench.json").write_text(json.dumps(whole, indent=1) + "\n")


if __name__ == "__main__":
    main()
