"""One table of all that was measured: report.py decode.json browser.json ...

Ratios are the other's time over ours: 2 is twice as fast. Exits with 0 whether or not a target is met: a busy machine is
no failure of the code. "By cpu" is the ratio of processor time, which other programs disturb least; the target is for the
clock.
"""

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
    "export/three/ffmpeg, our settings": 1.35,
    "export/three/ffmpeg, prores_aw": 1.35,
    "export/three/ffmpeg, defaults": 4.5,
    "export/aces2-4444/oiiotool + ffmpeg": 10.0,
    "export/qc/without": {"more": 0.15},
    "export/memory": {"MiB": 300.0},
}


def cells(row):
    target = TARGETS.get(row["id"])
    if "ours_mib" in row:
        verdict = "met" if row["ours_mib"] <= target["MiB"] else "MISSED"
        return [row["title"], f"{row['ours_mib']:.0f} MiB", "", "", "", "", f"<= {target['MiB']:.0f} MiB", verdict]
    ours, peer, ratio = row["ours_ms"], row.get("peer_ms"), row.get("ratio")
    if target is None:
        wanted, verdict = "", ""
    elif "more" in (target if isinstance(target, dict) else ()):
        wanted, verdict = f"<= +{target['more']:.0%}", "met" if ours <= (1 + target["more"]) * peer else "MISSED"
    elif isinstance(target, dict):
        wanted, verdict = f"<= {target['ms']:.0f} ms", "met" if ours <= target["ms"] else "MISSED"
    else:
        wanted, verdict = f">= {target:.2f}x", "met" if ratio >= target else "MISSED"
    return [
        row["title"], f"{ours:.1f}", row.get("peer", ""), f"{peer:.1f}" if peer else "", f"{ratio:.2f}x" if ratio else "",
        f"{row['cpu_ratio']:.2f}x" if "cpu_ratio" in row else "", wanted, verdict,
    ]


def main():
    reports = [json.loads(Path(name).read_text()) for name in sys.argv[1:] if Path(name).exists()]
    rows = [cells(row) for report in reports for row in report["rows"]]
    table = [["what", "ours ms", "against", "its ms", "ratio", "by cpu", "target", ""]] + rows
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    right = {1, 3, 4, 5, 6}
    for row in table:
        parts = [text.rjust(width) if i in right else text.ljust(width) for i, (text, width) in enumerate(zip(row, widths))]
        print("  ".join(parts).rstrip())
    for note in (note for report in reports for note in report.get("notes", ())):
        print(f"  {note}")
    loads = [report["machine"]["load"][0] for report in reports]
    if loads and max(loads) > 0.7:
        print(f"\nThe machine was busy beforehand (load {max(loads):.1f}): these figures are preliminary.")


if __name__ == "__main__":
    main()
