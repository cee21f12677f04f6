"""Export from EXR plates to ProRes and H.264 beside ffmpeg and oiiotool, in one run.

    export_peers.py GSD SERVE FOLDER [--parts three,aces,checks,memory,quality] [--rounds N] [--frames N] [--long N]

GSD is the program, SERVE makes the plates (benches/serve.rs). Everybody reads the same frames from the system's cache and
writes finished movies; whoever's turn it is has the machine alone. Writes FOLDER/export.json, for benches/report.py.

Three movies without a tone map are what ffmpeg can make of an EXR by itself, though not in the right colours: it knows no
primaries, and its curve is a plain power. Size and PSNR are told beside the times, of everybody's encoders with the same planes:
ours.
"""

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

# Name, path below the scene's folder, size, pixel format of the planes.
MOVIES = {
    "prores_4444": ("prores/PLATE_prores4444.mov", "4096x1716", "yuv444p10le"),
    "prores_422": ("prores/PLATE_prores422.mov", "2048x858", "yuv422p10le"),
    "preview_h264": ("preview/PLATE_preview.mp4", "1920x804", "yuv420p"),
}
TAGS = "-color_range tv -color_primaries bt709 -color_trc bt709 -colorspace bt709".split()
# What makes ffmpeg fastest for about the bytes and the PSNR of its defaults: a quantiser that it need not look for, and the
# matrix that buys most. And what it does when it is told the codec's name alone.
BEST = {
    "prores_4444": "-c:v prores_ks -profile:v 4444 -vendor apl0 -quant_mat default -q:v 8",
    "prores_422": "-c:v prores_ks -profile:v standard -vendor apl0 -quant_mat default -q:v 7",
    "preview_h264": "-c:v libx264 -profile:v high -preset veryfast -crf 23 -g 12 -bf 2 -movflags +faststart",
}
DEFAULT = {
    "prores_4444": "-c:v prores_ks -profile:v 4444",
    "prores_422": "-c:v prores_ks -profile:v standard",
    "preview_h264": "-c:v libx264 -profile:v high",
}
# Its other encoder of ProRes, which cannot be given a quantiser.
FASTEST = {
    "prores_4444": "-c:v prores_aw -profile:v 4",
    "prores_422": "-c:v prores_aw -profile:v 2",
    "preview_h264": BEST["preview_h264"],
}
# Different ones; longer shots show them again.
PLATES = 12
PEERS = {"ffmpeg, its best settings": BEST, "ffmpeg, prores_aw": FASTEST, "ffmpeg, defaults": DEFAULT}
ALL = "prores,prores422,preview"
# How the plates are made smaller, and for the best also how chroma is.
SCALE = "scale=in_range=pc:out_range=tv:out_color_matrix=bt709:flags=bilinear"


class Project:
    """One shot of plates, under as many numbers as are wanted."""

    def __init__(self, folder, plates, count):
        self.folder, self.count = folder, count
        frames = folder / "composites/SCN-001/PLATE"
        frames.mkdir(parents=True)
        for place in range(count):
            (frames / f"plate.{1001 + place}.exr").symlink_to(plates[place % len(plates)].resolve())

    def movie(self, name):
        return self.folder / "output/editorial/SCN-001" / MOVIES[name][0]

    def command(self, gsd, formats, view, more=("--no-qc",)):
        return [gsd, "batch-export", "--project", self.folder, "--scene", "SCN-001", "--formats", formats, "--view", view,
                "--force", "--quiet", *more]


def run(command):
    """Seconds on the clock, the most memory of the process itself in MiB, and seconds of processor time with its children's."""
    command = list(map(str, command))
    begun = time.perf_counter()
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        most, ended = [0.0], threading.Event()

        def watch():
            while not ended.wait(0.02):
                most[0] = max(most[0], peak(process.pid))

        watcher = threading.Thread(target=watch)
        watcher.start()
        _, status, usage = os.wait4(process.pid, 0)
        taken = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        ended.set()
        watcher.join()
        if process.returncode != 0:
            said.seek(0)
            raise SystemExit(f"{' '.join(command)}: {process.returncode}\n{said.read()[-2000:]}")
    return taken, most[0], usage.ru_utime + usage.ru_stime


def peak(pid):
    """Nothing where the system has no such file."""
    try:
        found = re.search(r"VmHWM:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
        return int(found.group(1)) / 1024 if found else 0.0
    except OSError:
        return 0.0


def ffmpeg(project, settings, folder):
    """One ffmpeg for all three, which decodes each frame once."""
    source = project.folder / "composites/SCN-001/PLATE/plate.%04d.exr"
    graph = "[0:v]split=3[a][b][c]"
    outputs = []
    for label, (name, (_, size, pixels)) in zip("abc", MOVIES.items()):
        width, height = size.split("x")
        graph += f";[{label}]{SCALE}:w={width}:h={height},format={pixels}[{label}o]"
        outputs += ["-map", f"[{label}o]", *settings[name].split(), *TAGS, str(folder / Path(MOVIES[name][0]).name)]
    return ["ffmpeg", "-y", "-v", "error", "-nostdin", "-apply_trc", "gamma22", "-framerate", "24", "-start_number", "1001",
            "-i", source, "-filter_complex", graph, *outputs]


def psnr(reference, movie, name):
    """Of all planes together against the raw planes at `reference`, in decibels."""
    _, size, pixels = MOVIES[name]
    command = ["ffmpeg", "-v", "info", "-nostdin", "-i", movie, "-f", "rawvideo", "-pixel_format", pixels, "-video_size", size,
               "-framerate", "24", "-i", reference, "-lavfi", f"[0:v]format={pixels}[d];[d][1:v]psnr", "-f", "null", "-"]
    said = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stderr
    return float(re.search(r"PSNR .*average:([\d.]+)", said).group(1))


def raw_planes(gsd, project, folder):
    """The planes that become movies, in files: by a program in ffmpeg's place, to which ProRes is left too."""
    settings = project.folder / "gsd.toml"
    settings.write_text("".join(f'[formats.{name}]\nencoder = "prores_ks"\n' for name in MOVIES if "prores" in name))
    real, script = shutil.which("ffmpeg"), folder / "ffmpeg"
    files = {name: folder / f"{name}.raw" for name in MOVIES}
    tee = "".join(f"*{Path(MOVIES[name][0]).name}*) tee '{raw}';; " for name, raw in files.items())
    script.write_text(
        f"#!/bin/sh\ncase \"$*\" in *'-i pipe:0'*) case \"$*\" in {tee}esac | '{real}' \"$@\"; exit;; esac\nexec '{real}' \"$@\"\n")
    script.chmod(0o755)
    if not (folder / "ffprobe").exists():
        (folder / "ffprobe").symlink_to(shutil.which("ffprobe"))
    run(project.command(gsd, ALL, "untonemapped", ["--no-qc", "--ffmpeg", script]))
    settings.unlink()
    return files


def encode(files, settings, folder, name):
    """ffmpeg's encoder of one movie with our planes, from the system's cache: the process, and the movie."""
    path, size, pixels = MOVIES[name]
    movie = folder / f"alone_{Path(path).name}"
    command = ["ffmpeg", "-y", "-v", "error", "-nostdin", "-f", "rawvideo", "-pixel_format", pixels, "-video_size", size,
               "-framerate", "24", *TAGS, "-i", files[name], *settings[name].split(), movie]
    return subprocess.Popen(list(map(str, command))), movie


def encoders_alone(files, folder):
    """All three at once: what nobody who uses these encoders can be faster than."""
    begun, used = time.perf_counter(), os.times()
    processes = [encode(files, BEST, folder, name)[0] for name in MOVIES]
    if any(process.wait() for process in processes):
        raise SystemExit("an encoder failed")
    return time.perf_counter() - begun, 0.0, children_since(used)


def children_since(used):
    """Seconds of processor time of the processes that have ended since."""
    now = os.times()
    return now.children_user + now.children_system - used.children_user - used.children_system


def qualities(files, project, folder):
    """Bytes and PSNR of every movie of everybody, all made of the same planes."""
    found = {}
    for name in MOVIES:
        found[f"ours/{name}"] = (project.movie(name).stat().st_size, psnr(files[name], project.movie(name), name))
        for peer, settings in PEERS.items():
            process, movie = encode(files, settings, folder, name)
            if process.wait():
                raise SystemExit(f"{peer} failed")
            found[f"{peer}/{name}"] = (movie.stat().st_size, psnr(files[name], movie, name))
    return found


def race(contestants, rounds):
    """Seconds, MiB and processor seconds of each, by name: in turns, the first one changing from round to round, after one to warm up."""
    names, times = list(contestants), {name: [] for name in contestants}
    for turn in range(1 + rounds):
        start = turn % len(names)
        for name in names[start:] + names[:start]:
            taken = contestants[name]()
            if turn:
                times[name].append(taken)
    return times


def aces(project, folder, count):
    """oiiotool to 16-bit TIFF through OpenColorIO's ACES 2.0, then ffmpeg. Both steps are timed."""
    tiffs = folder / "tiff"
    shutil.rmtree(tiffs, ignore_errors=True)
    tiffs.mkdir()
    source = project.folder / "composites/SCN-001/PLATE"
    oiiotool = Path(sys.executable).with_name("oiiotool")
    begun, used = time.perf_counter(), os.times()
    run([oiiotool, "--colorconfig", "ocio://cg-config-v4.0.0_aces-v2.0_ocio-v2.5", "--frames", f"1001-{1000 + count}",
         f"{source}/plate.%04d.exr", "--iscolorspace", "ACEScg", "--ociodisplay", "Rec.1886 Rec.709 - Display",
         "ACES 2.0 - SDR 100 nits (Rec.709)", "-d", "uint16", "-o", f"{tiffs}/plate.%04d.tif"])
    run(["ffmpeg", "-y", "-v", "error", "-nostdin", "-framerate", "24", "-start_number", "1001", "-i", tiffs / "plate.%04d.tif",
         "-vf", f"{SCALE},format=yuv444p10le", *BEST["prores_4444"].split(), *TAGS, folder / "aces.mov"])
    return time.perf_counter() - begun, 0.0, children_since(used)


def row(row_id, title, times, frames):
    def median(name, figure):
        return statistics.median(taken[figure] for taken in times[name])

    ours = median("ours", 0) * 1e3 / frames
    for peer in (name for name in times if name != "ours"):
        its = median(peer, 0) * 1e3 / frames
        yield {"id": f"{row_id}/{peer}", "title": title, "peer": peer, "ours_ms": ours, "peer_ms": its, "ratio": its / ours,
               "cpu_ratio": median(peer, 2) / median("ours", 2)}


class Bench:
    """The parts of the run, each with its rows for the table, its notes, and every single figure."""

    def __init__(self, arguments, plates, work):
        self.arguments, self.gsd, self.plates, self.work = arguments, arguments.gsd, plates, work
        self.rows, self.notes, self.figures = [], [], {}
        self.short = Project(work / "short", plates, arguments.frames)
        self.folders = {name: work / name.replace(", ", "-").replace(" ", "-") for name in PEERS}
        for folder in self.folders.values():
            folder.mkdir()

    def peer(self, name):
        return run(ffmpeg(self.short, PEERS[name], self.folders[name]))

    def ours(self, project, formats=ALL, view="untonemapped"):
        return run(project.command(self.gsd, formats, view))

    def three(self):
        """Three movies, untonemapped."""
        planes = raw_planes(self.gsd, self.short, self.work)
        contestants = {"ours": lambda: self.ours(self.short), "ffmpeg's encoders alone": lambda: encoders_alone(planes, self.work)}
        contestants |= {name: lambda name=name: self.peer(name) for name in PEERS}
        times = race(contestants, self.arguments.rounds)
        self.rows += row("export/three", "EXR to three movies, a frame", times, self.arguments.frames)
        self.figures["three"] = times

    def aces(self):
        """ProRes 4444 through ACES 2.0."""
        count = self.arguments.aces_frames
        few = Project(self.work / "few", self.plates, count)
        times = race({
            "ours": lambda: self.ours(few, "prores", "aces-2.0"),
            "oiiotool + ffmpeg": lambda: aces(few, self.work, count),
        }, 1)
        self.rows += row("export/aces2-4444", "EXR to ProRes 4444, ACES 2.0, a frame", times, count)
        self.figures["aces"] = times

    def checks(self):
        """All four deliverables with the quality control, and without."""
        checked = lambda: run(self.short.command(self.gsd, "all", "aces-2.0", ()))
        times = race({"ours": checked, "without": lambda: self.ours(self.short, "all", "aces-2.0")}, self.arguments.rounds)
        self.rows += row("export/qc", "EXR to all deliverables with QC, a frame", times, self.arguments.frames)
        self.figures["checks"] = times

    def memory(self):
        """The most memory of a short and of a long shot."""
        long = Project(self.work / "long", self.plates, self.arguments.long)
        for project in (self.short, long):
            _, most, _ = self.ours(project)
            self.rows.append({"id": "export/memory", "title": f"peak memory of our process, {project.count} frames", "ours_mib": most})

    def quality(self):
        """Sizes and PSNR."""
        planes = raw_planes(self.gsd, self.short, self.work)
        self.ours(self.short)
        found = qualities(planes, self.short, self.work)
        for name, (size, decibels) in sorted(found.items(), key=lambda at: at[0].split("/")[1]):
            self.notes.append(f"{name}: {size / 1e6:.1f} MB, {decibels:.2f} dB")
        self.figures["bytes_and_psnr"] = found


PARTS = {"three": Bench.three, "aces": Bench.aces, "checks": Bench.checks, "memory": Bench.memory, "quality": Bench.quality}


def make_plates(serve, folder, count, size=(4096, 1716)):
    folder.mkdir(parents=True, exist_ok=True)
    if len(list(folder.glob("*.exr"))) != count:
        print("-- making the plates", file=sys.stderr)
        question = "\t".join(map(str, ["plates", folder, count, *size])) + "\n"
        subprocess.run([serve], input=question, text=True, check=True, stdout=subprocess.DEVNULL)
    return sorted(folder.glob("*.exr"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("gsd")
    parser.add_argument("serve")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--parts", default=",".join(PARTS), help="some of them, separated by commas")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--frames", type=int, default=48, help="two seconds; the plates are given in turn")
    parser.add_argument("--long", type=int, default=600, help="frames of the long shot, whose memory is measured too")
    parser.add_argument("--aces-frames", type=int, default=8)
    arguments = parser.parse_args()
    load = os.getloadavg()
    work = arguments.folder / "export"
    shutil.rmtree(work, ignore_errors=True)
    bench = Bench(arguments, make_plates(arguments.serve, arguments.folder / "plates", PLATES), work)
    for part in arguments.parts.split(","):
        print(f"-- {PARTS[part].__doc__}", file=sys.stderr)
        PARTS[part](bench)
    shutil.rmtree(work)
    version = subprocess.run(["ffmpeg", "-version"], capture_output=True, text=True, check=True).stdout.split("\n")[0]
    report = {
        "machine": {"system": platform.platform(), "cores": os.cpu_count(), "load": load, "ffmpeg": version},
        "rounds": arguments.rounds, "frames": arguments.frames, "rows": bench.rows, "notes": bench.notes,
        "seconds_and_mib": bench.figures,
    }
    (arguments.folder / "export.json").write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
