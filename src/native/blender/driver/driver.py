"""Blender's side: opens a composite, sets its output up, renders it frame by frame, and says what it does.

Started by blender-gsd (src/native/blender/run.rs) as

    blender --background --factory-startup --disable-autoexec --python driver.py -- JOB

or, where Blender is a Python module, as `python driver.py -- JOB`. JOB is one JSON object: data, of which nothing is executed.
What happens is told on standard output, a line of JSON each after a mark that no other line has. Written for Blender 3.4 to
5.x; where their interfaces differ, the interface is asked for, not the version's number.
"""

import json
import os
import sys
import threading
import traceback

import bpy

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import gsd_colour  # noqa: E402
import gsd_device  # noqa: E402
import gsd_external  # noqa: E402
import gsd_output  # noqa: E402

JOB = json.loads(sys.argv[sys.argv.index("--") + 1])

# Exit codes, for those who read a farm's log: the program goes by the "error" event.
REFUSED, BROKEN, ABANDONED = 2, 3, 4


class Refusal(Exception):
    """The composite cannot be rendered; `kind` says who can mend it."""

    def __init__(self, kind, text, next_step=""):
        super().__init__(text)
        self.kind, self.next_step = kind, next_step


def tell(event, **facts):
    facts["event"] = event
    # Paths in old files need not be Unicode.
    line = json.dumps(facts).encode("utf-8", "replace").decode("utf-8")
    # Blender's own lines have their own buffer and may have stopped half-way.
    sys.stdout.write("\n%s %s\n" % (JOB["mark"], line))
    sys.stdout.flush()


def words(error):
    """What a failed operator reported, in one line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return "; ".join(line[7:] if line.startswith("Error: ") else line for line in lines)


def stop_with_parent():
    """Whoever started us holds the other end of our standard input. When they are gone nobody wants the frames."""

    def wait():
        # Not through sys.stdin, whose lock a waiting thread would still hold when Python shuts down.
        while os.read(0, 4096):
            pass
        os._exit(ABANDONED)

    threading.Thread(target=wait, daemon=True).start()


def open_composite():
    if JOB["blend"] is None:
        return
    try:
        bpy.ops.wm.open_mainfile(filepath=JOB["blend"], load_ui=False, use_scripts=False)
    except RuntimeError as error:
        raise Refusal("file", words(error), "Open it in the Blender that made it: an older one cannot read newer files")
    if bpy.app.autoexec_fail:
        tell("note", text="scripts in the file were not run: %s" % bpy.app.autoexec_fail_message)


def check_external():
    missing = gsd_external.missing(JOB["frames"])
    needed = ["%s %r: %s" % (kind, name, path) for kind, name, path, is_needed in missing if is_needed]
    for kind, name, path, is_needed in missing:
        if not is_needed:
            tell("note", text="%s %r is not there and not part of the picture: %s" % (kind, name, path))
    if needed:
        shown = needed[:8] + (["and %d more" % (len(needed) - 8)] if len(needed) > 8 else [])
        raise Refusal(
            "missing",
            "files that the composite needs are not there: %s" % ", ".join(shown),
            "Put them there, mend their paths (File > External Data > Find Missing Files), or pack them into the .blend",
        )


def prepare(scene):
    """Everything between opening and rendering; answers with the settings as Blender now has them."""
    notes = gsd_output.configure_output(scene, JOB["spec"], JOB["frames"]) + gsd_device.choose_device(scene)
    for note in notes:
        tell("note", text=note)
    return gsd_output.settings(scene)


def watch_statistics():
    """Where Blender does not print how far a frame is, it hands it to this handler (5.0)."""

    def statistics(text, *_):
        if isinstance(text, str):
            tell("status", text=text)

    bpy.app.handlers.render_stats.append(statistics)


def render_frame(scene, number):
    name = "frame.%04d" % number
    whole = os.path.join(JOB["folder"], name + ".exr")
    part = os.path.join(JOB["folder"], name + ".part")
    scene.frame_set(number)
    scene.render.filepath = gsd_output.plain_path(part)
    try:
        bpy.ops.render.render(write_still=True)
    except RuntimeError as error:
        raise Refusal("render", "frame %d: %s" % (number, words(error)))
    if not os.path.isfile(part + ".exr"):
        raise Refusal("render", "frame %d was rendered and not written" % number)
    os.replace(part + ".exr", whole)
    tell("frame", frame=number, path=whole)


def run():
    stop_with_parent()
    tell("started", version=bpy.app.version_string)
    open_composite()
    scene = bpy.context.scene
    tell("scene", frames=[scene.frame_start, scene.frame_end])
    if JOB["mode"] == "survey":
        tell("done")
        return
    if JOB["mode"] == "render":
        check_external()
    settings = prepare(scene)
    tell("ready", working_space=gsd_colour.working_space(), settings=settings)
    if JOB["mode"] == "render":
        watch_statistics()
        for number in range(JOB["frames"][0], JOB["frames"][1] + 1):
            render_frame(scene, number)
    tell("done")


def main():
    try:
        run()
    except Refusal as refusal:
        tell("error", kind=refusal.kind, text=str(refusal), next=refusal.next_step)
        sys.exit(REFUSED)
    except Exception as error:
        traceback.print_exc()
        tell("error", kind="driver", text="%s: %s" % (type(error).__name__, error), next="")
        sys.exit(BROKEN)


main()
