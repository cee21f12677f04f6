"""Native decoding and colour against the libraries that others use, side by side in one run.

    decode_peers.py SERVE FOLDER [--rounds N]

SERVE is our side (benches/serve.rs, built), FOLDER is where plates are made and decode.json is written. Everybody reads
the same file from the system's cache and leaves 32-bit floats; whoever's turn it is has the machine alone. Called by
scripts/bench.sh, which also sets the allocator so that nobody pays for fresh memory (docs/BENCHMARKS.md, "Fairness").
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from pathlib import Path

import Imath
import numpy as np
import OpenEXR
import OpenImageIO as oiio
import PyOpenColorIO as ocio

CHANNELS = ["R", "G", "B"]
WARM_UPS = 2
THREADS = [1, 2]
# Of our side, each in a process of its own.
DECODERS = ["ours", "exr"]
PLATES = ["zip", "zips", "piz", "dwaa", "zip-float"]
LOSSLESS = {"zip", "zips", "piz", "zip-float"}
TITLES = {"zip": "ZIP", "zips": "ZIPS", "piz": "PIZ", "dwaa": "DWAA", "zip-float": "float ZIP"}
# By our name of a view: OpenColorIO's built-in configuration that has it, its name there, and the row it makes.
NEAR_BLACK = 1311  # 2 % of the signal
DELIVERABLES = [(2048, 858), (1920, 804)]
DISPLAY = "Rec.1886 Rec.709 - Display"
VIEWS = {
    "untonemapped": ("cg-config-v2.1.0_aces-v1.3_ocio-v2.3", "Un-tone-mapped", "color/rec709-u16", "half to Rec.709 16-bit codes"),
    "aces-1.3": ("cg-config-v2.1.0_aces-v1.3_ocio-v2.3", "ACES 1.0 - SDR Video", "color/aces1-u16", "half to ACES 1.3 16-bit codes"),
    "aces-2.0": ("cg-config-v4.0.0_aces-v2.0_ocio-v2.5", "ACES 2.0 - SDR 100 nits (Rec.709)", "color/aces2-u16", "half to ACES 2.0 16-bit codes"),
}


class Serve:
    """Our side, started once; every question is one line."""

    def __init__(self, program, threads):
        environment = dict(os.environ, RAYON_NUM_THREADS=str(threads))
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)

    def ask(self, *words):
        self.process.stdin.write("\t".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"{words[0]}: our side ended with {self.process.wait()}")
        answer = json.loads(line)
        if isinstance(answer, dict):
            raise SystemExit(f"{' '.join(map(str, words))}: {answer['error']}")
        return answer

    def timed(self, *words):
        """Milliseconds on the clock and of the processor of one run."""
        before = self.cpu()
        (taken,) = self.ask(*words, 1)
        return taken, self.cpu() - before

    def cpu(self):
        """Milliseconds of the processor that all its threads have had, or NaN where the system does not say. The time
        of threads that ended is not in it, so it holds for those who start none."""
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/schedstat")
        spent = [int(task.read_text().split()[0]) for task in tasks]
        return sum(spent) / 1e6 if spent else float("nan")

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def timed(work):
    """Milliseconds on the clock and of the processor; what the work returns is dropped outside the measured time."""
    start, start_cpu = time.perf_counter(), time.process_time()
    result = work()
    taken, cpu = time.perf_counter() - start, time.process_time() - start_cpu
    del result
    return taken * 1e3, cpu * 1e3


def openexr(file):
    """OpenEXR's C++ library converts to float itself here, which is faster than its newer binding and NumPy."""
    source = OpenEXR.InputFile(file)
    planes = source.channels(CHANNELS, Imath.PixelType(Imath.PixelType.FLOAT))
    source.close()
    return planes


def openimageio(file):
    source = oiio.ImageInput.open(file)
    pixels = source.read_image(0, 0, 0, len(CHANNELS), oiio.FLOAT)
    source.close()
    return pixels


def race(contestants, rounds):
    """All times, by name. In turns, the first one changing from round to round."""
    names = list(contestants)
    times = {name: [] for name in names}
    for turn in range(WARM_UPS + rounds):
        start = turn % len(names)
        for name in names[start:] + names[:start]:
            taken = contestants[name]()
            if turn >= WARM_UPS:
                times[name].append(taken)
    return times


def rows_of(row, title, times, threads=1):
    """Our time beside that of each of the others; processor time only where there is one thread."""
    (ours, ours_cpu), best = medians(times["ours"]), min(times["ours"])[0]
    for peer in times:
        if peer != "ours":
            median, cpu = medians(times[peer])
            found = {
                "id": f"{row}/{peer}", "title": title, "peer": peer, "ours_ms": ours, "peer_ms": median,
                "ratio": median / ours, "ours_best_ms": best, "peer_best_ms": min(times[peer])[0],
            }
            if threads == 1 and ours_cpu == ours_cpu:
                found |= {"ours_cpu_ms": ours_cpu, "peer_cpu_ms": cpu, "cpu_ratio": cpu / ours_cpu}
            yield found


def medians(times):
    return [statistics.median(column) for column in zip(*times)]


def make_plates(serve, folder):
    """The ZIP plate is written by our own encoder, the others by OpenEXR from it."""
    zip_file = folder / "plate-zip.exr"
    serve.ask("plate", zip_file)
    with OpenEXR.File(str(zip_file), separate_channels=True) as source:
        header, planes = dict(source.header()), {name: source.channels()[name].pixels for name in CHANNELS}
    for name, compression in [("zips", OpenEXR.ZIPS_COMPRESSION), ("piz", OpenEXR.PIZ_COMPRESSION), ("dwaa", OpenEXR.DWAA_COMPRESSION)]:
        write(folder / f"plate-{name}.exr", header, planes, compression)
    floats = {name: floats_of(plane) for name, plane in planes.items()}
    write(folder / "plate-zip-float.exr", header, floats, OpenEXR.ZIP_COMPRESSION)


def floats_of(plane):
    """Halves as floats would have 13 zero bits each, products of them all the noise that floats hold: ZIP could do all
    or nothing. 24 bits are what PXR24 keeps as enough."""
    return ((plane.astype(np.float32) * np.float32(0.9187)).view(np.uint32) & np.uint32(0xFFFFFF00)).view(np.float32)


def write(file, header, planes, compression):
    kept = {name: header[name] for name in ("chromaticities", "framesPerSecond") if name in header}
    OpenEXR.File(dict(kept, compression=compression, type=OpenEXR.scanlineimage), dict(planes)).write(str(file))


def check(serve, decoder, file, folder, lossless):
    """Everybody must have decoded the same picture before speed means anything."""
    out = folder / "floats.bin"
    serve.ask("dump", decoder, file, out)
    found = np.fromfile(out, np.float32).reshape(3, -1)
    out.unlink()
    expected = np.stack([np.frombuffer(plane, np.float32) for plane in openexr(str(file))])
    off = float(np.max(np.abs(found - expected)))
    if lossless and off != 0.0:
        raise SystemExit(f"{file}: {decoder} differs from OpenEXR by {off}")
    return off


def decode(serves, folder, rounds):
    rows, raw, differences = [], {}, {}
    for plate in PLATES:
        file = folder / f"plate-{plate}.exr"
        for decoder in DECODERS:
            differences[f"{plate}/{decoder}"] = check(serves[decoder, 1], decoder, file, folder, plate in LOSSLESS)
        name = str(file)
        for threads in THREADS:
            ours, crate = serves["ours", threads], serves["exr", threads]
            OpenEXR.set_global_thread_count(0 if threads == 1 else threads)
            oiio.attribute("threads", threads)
            oiio.attribute("exr_threads", threads)
            times = race({
                "ours": lambda: ours.timed("decode", "ours", name),
                "OpenEXR": lambda: timed(lambda: openexr(name)),
                "OpenImageIO": lambda: timed(lambda: openimageio(name)),
                "exr crate": lambda: crate.timed("decode", "exr", name),
            }, rounds)
            row = f"decode/{plate}/{threads}T"
            raw[row] = times
            rows += rows_of(row, f"{TITLES[plate]} to f32, {threads} thread{'s' if threads > 1 else ''}", times, threads)
    return rows, raw, differences


def color(serve, folder, rounds):
    """Halves to 16-bit display codes, one thread. OpenColorIO is given packed pixels, what it is fastest with."""
    file = str(folder / "plate-zip.exr")
    OpenEXR.set_global_thread_count(0)
    source = OpenEXR.File(file, separate_channels=True).channels()
    pixels = np.ascontiguousarray(np.stack([source[name].pixels for name in CHANNELS], axis=-1))
    height, width, _ = pixels.shape
    codes = np.empty((height, width, 3), np.uint16)
    processors = {}
    for view, (config, name, _, _) in VIEWS.items():
        transform = ocio.DisplayViewTransform(src="ACEScg", display=DISPLAY, view=name)
        whole = ocio.Config.CreateFromFile(f"ocio://{config}").getProcessor(transform)
        processors[view] = whole.getOptimizedCPUProcessor(
            ocio.BIT_DEPTH_F16, ocio.BIT_DEPTH_UINT16, ocio.OPTIMIZATION_DEFAULT)

    def described(array, depth, size):
        return ocio.PackedImageDesc(array, width, height, 3, depth, size, 3 * size, 3 * size * width)

    def peer(view):
        source, target = described(pixels, ocio.BIT_DEPTH_F16, 2), described(codes, ocio.BIT_DEPTH_UINT16, 2)
        processors[view].apply(source, target)

    rows, raw, differences = [], {}, {}
    for view, (_, _, row, title) in VIEWS.items():
        peer(view)
        # Kept for benches/wasm_color.mjs, which must make the same.
        out = folder / f"{view}.codes"
        serve.ask("dump-render", view, file, out)
        ours = np.fromfile(out, np.uint16).reshape(codes.shape)
        # Near black, where BT.1886 is infinitely steep, OpenColorIO's default is itself hundreds of codes from its exact mode.
        bright = codes > NEAR_BLACK
        differences[view] = int(np.max(np.abs(ours.astype(np.int32) - codes)[bright]))
        # There it is up to 14; 64 codes are one of 10 bits.
        if differences[view] > 64:
            raise SystemExit(f"{view}: {differences[view]} codes of 16 bits from OpenColorIO")
        times = race({
            "ours": lambda view=view: serve.timed("render", view, file), "OpenColorIO": lambda view=view: timed(lambda: peer(view)),
        }, rounds)
        raw[f"{row}/1T"] = times
        rows += rows_of(f"{row}/1T", f"{title}, 1 thread", times)
    return rows, raw, differences


def resize(serve, folder, rounds):
    """To the sizes of the deliverables, in linear light, one thread, the same filter."""
    file = str(folder / "plate-zip.exr")
    oiio.attribute("threads", 1)
    source = oiio.ImageBuf(file)
    # Widened beforehand, for OpenImageIO is faster with floats; we widen the file's halves each time.
    source = source.copy(oiio.FLOAT)
    rows, raw = [], {}
    for width, height in DELIVERABLES:
        target = oiio.ImageBuf(oiio.ImageSpec(width, height, 3, oiio.FLOAT))

        def peer():
            if not oiio.ImageBufAlgo.resize(target, source, filtername="triangle", nthreads=1):
                raise SystemExit(f"OpenImageIO could not resize: {target.geterror()}")

        times = race({
            "ours": lambda size=(width, height): serve.timed("resize", *size, file), "OpenImageIO": lambda: timed(peer),
        }, rounds)
        row = f"resize/{width}x{height}/1T"
        raw[row] = times
        rows += rows_of(row, f"resize to {width}x{height}, 1 thread", times)
    return rows, raw


def machine():
    return {
        "system": platform.platform(), "cores": os.cpu_count(), "load": os.getloadavg(),
        "python": platform.python_version(), "OpenEXR": OpenEXR.__version__, "OpenImageIO": oiio.VERSION_STRING,
        "OpenColorIO": ocio.__version__, "allocator": {k: v for k, v in os.environ.items() if k.startswith("MALLOC_")},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("serve")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=11)
    arguments = parser.parse_args()
    before = machine()
    serves = {(decoder, threads): Serve(arguments.serve, threads) for decoder in DECODERS for threads in THREADS}
    try:
        print("-- making the plates", file=sys.stderr)
        make_plates(serves["ours", 2], arguments.folder)
        print("-- decoding", file=sys.stderr)
        rows, times, differences = decode(serves, arguments.folder, arguments.rounds)
        print("-- colour", file=sys.stderr)
        color_rows, color_times, color_difference = color(serves["ours", 1], arguments.folder, arguments.rounds)
        print("-- resizing", file=sys.stderr)
        resize_rows, resize_times = resize(serves["ours", 1], arguments.folder, arguments.rounds)
    finally:
        for serve in serves.values():
            serve.close()
    sizes = {plate: (arguments.folder / f"plate-{plate}.exr").stat().st_size for plate in PLATES}
    report = {
        "machine": before, "rounds": arguments.rounds, "plate_bytes": sizes,
        "largest_difference_from_OpenEXR": differences, "largest_difference_from_OpenColorIO_codes": color_difference,
        "rows": rows + color_rows + resize_rows, "wall_and_cpu_ms": times | color_times | resize_times,
    }
    (arguments.folder / "decode.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
