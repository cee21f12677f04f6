"""The smallest files of every kind that is read, for the fuzzer: make.py FOLDER, with OpenEXR's and numpy's modules.

A fuzzer finds most in files of a few hundred bytes: every byte of them decides something.
"""

import json
import pathlib
import struct
import sys

import numpy
import OpenEXR

folder = pathlib.Path(sys.argv[1])
random = numpy.random.default_rng(1998)
WIDTH, HEIGHT = 20, 34


def plane(kind, height=HEIGHT, width=WIDTH):
    slope = numpy.add.outer(numpy.arange(height), numpy.arange(width)) // 4 / 8
    return (slope + (random.random((height, width)) > 0.98)).astype(kind)


def write(name, parts):
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    OpenEXR.File(parts).write(str(path))


COMPRESSIONS = {name: getattr(OpenEXR, f"{name.upper()}_COMPRESSION")
                for name in "no rle zips zip piz pxr24 b44 b44a dwaa dwab".split()}
for name, compression in COMPRESSIONS.items():
    header = {"compression": compression, "type": OpenEXR.scanlineimage}
    channels = {"A": plane("uint32"), "B": plane("float16"), "G": plane("float16"), "R": plane("float16"), "Z": plane("float32")}
    write(f"exr/{name}.exr", [OpenEXR.Part(header, channels, "")])
    if name in ("zip", "piz"):
        header = {"compression": compression, "type": OpenEXR.scanlineimage}
        write(f"exr/two_{name}.exr", [
            OpenEXR.Part(dict(header), {"R": plane("float16"), "G": plane("float16"), "B": plane("float16")}, "beauty"),
            OpenEXR.Part(dict(header), {"Z": plane("float32")}, "depth")])
tiles = OpenEXR.TileDescription()
tiles.xSize, tiles.ySize, tiles.mode, tiles.roundingMode = 8, 16, OpenEXR.ONE_LEVEL, OpenEXR.ROUND_DOWN
header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.tiledimage, "tiles": tiles}
write("exr/tiles.exr", [OpenEXR.Part(header, {"R": plane("float16"), "Z": plane("float32")}, "")])


def murmur3(name):
    """MurmurHash3_x86_32 of a short name, seed 0, with the exponent kept from being all ones or zero (Cryptomatte 1.2)."""
    data, value = name.encode(), 0
    rotate = lambda x, r: ((x << r) | (x >> (32 - r))) & 0xFFFFFFFF
    for at in range(0, len(data), 4):
        block = int.from_bytes(data[at:at + 4].ljust(4, b"\0"), "little")
        block = rotate(block * 0xCC9E2D51 & 0xFFFFFFFF, 15) * 0x1B873593 & 0xFFFFFFFF
        value ^= block
        if at + 4 <= len(data):
            value = (rotate(value, 13) * 5 + 0xE6546B64) & 0xFFFFFFFF
    value ^= len(data)
    for shift, factor in ((16, 0x85EBCA6B), (13, 0xC2B2AE35), (16, 1)):
        value = (value ^ (value >> shift)) * factor & 0xFFFFFFFF
    if (value >> 23) & 255 in (0, 255):
        value ^= 1 << 23
    return value


ids = {name: murmur3(name) for name in ("taxi", "hydrant", "neon sign")}
as_float = [struct.unpack("<f", struct.pack("<I", value))[0] for value in ids.values()]
which = random.integers(0, len(as_float), (2, HEIGHT, WIDTH))
coverage = random.random((HEIGHT, WIDTH)).astype("float32")
channels = {"R": plane("float16"), "G": plane("float16"), "B": plane("float16")}
for channel, values in zip("RGBA", (numpy.float32(as_float)[which[0]], coverage, numpy.float32(as_float)[which[1]], 1 - coverage)):
    channels[f"CryptoObject00.{channel}"] = values.astype("float32")
manifest = json.dumps({name: f"{value:08x}" for name, value in ids.items()}, separators=(",", ":"))
header = {"compression": OpenEXR.ZIPS_COMPRESSION, "type": OpenEXR.scanlineimage,
          "cryptomatte/bda530a/name": "CryptoObject", "cryptomatte/bda530a/hash": "MurmurHash3_32",
          "cryptomatte/bda530a/conversion": "uint32_to_float32", "cryptomatte/bda530a/manifest": manifest}
write("cryptomatte/set.exr", [OpenEXR.Part(header, channels, "")])
(folder / "cryptomatte/manifest.json").write_text(manifest)
