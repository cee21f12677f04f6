"""Reads a package's conform files with OpenTimelineIO and its adapters, and prints what they understood as JSON."""

import json
import sys
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio

# The adapters know rates by their exact ratio: a rounded 23.976 is none of theirs.
folder, scene, rate = Path(sys.argv[1]), sys.argv[2], float(Fraction(sys.argv[3]))


def span(found):
    return [found.start_time.value, found.duration.value]


def track(timeline):
    items = []
    for item in timeline.video_tracks()[0]:
        entry = {"kind": type(item).__name__, "name": item.name, "source": span(item.source_range)}
        if isinstance(item, otio.schema.Clip):
            start = item.range_in_parent().start_time
            entry["record"] = [start.value, start.value + item.duration().value]
            entry["markers"] = [[m.marked_range.start_time.value, m.color, m.name] for m in item.markers]
        items.append(entry)
    return items


def media(clip):
    found = {}
    for name, reference in clip.media_references().items():
        if isinstance(reference, otio.schema.ImageSequenceReference):
            number = reference.number_of_images_in_sequence()
            found[name] = [reference.target_url_for_image_number(n) for n in (0, number - 1)]
        else:
            found[name] = [reference.target_url]
        found[name].append(span(reference.available_range))
    return found


timeline = otio.adapters.read_from_file(str(folder / f"{scene}.otio"))
cuts = otio.adapters.read_from_file(str(folder / f"{scene}.edl"), rate=rate)
log = otio.adapters.read_from_file(str(folder / f"{scene}.ale"), fps=rate)
print(json.dumps({
    "otio": track(timeline),
    "start": timeline.global_start_time.to_timecode(),
    "media": [media(clip) for clip in timeline.find_clips()],
    "edl": track(cuts),
    "ale": [[clip.name, *span(clip.source_range)] for clip in log],
    "ale_header": dict(log.metadata["ALE"]["header"]),
}))
