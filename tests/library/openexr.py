"""The reference: openexr.py FILE... prints what OpenEXR reads, a line for each plane: file, part, channel, type, width,
height, CRC-32 of its samples. Of a file or part that has no such planes, a line that says why."""

import sys
import zlib

import OpenEXR

NAMES = {"float16": "half", "float32": "float", "uint32": "uint"}

for path in sys.argv[1:]:
    try:
        parts = OpenEXR.File(path, separate_channels=True).parts
    except Exception as error:
        print(path, "unread", str(error).replace("\n", " "), sep="\t")
        continue
    for number, part in enumerate(parts):
        if part.type() in (OpenEXR.deepscanline, OpenEXR.deeptile):
            print(path, "deep", number, sep="\t")
        elif any(channel.xSampling != 1 or channel.ySampling != 1 for channel in part.channels.values()):
            print(path, "subsampled", number, sep="\t")
        else:
            for name, channel in part.channels.items():
                height, width = channel.pixels.shape
                crc = zlib.crc32(channel.pixels.tobytes())
                print(path, number, name, NAMES[str(channel.pixels.dtype)], width, height, f"{crc:08x}", sep="\t")
