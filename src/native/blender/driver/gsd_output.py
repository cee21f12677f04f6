"""configure_output: a scene's output settings from an OutputSpec, in every Blender from 3.4 to 5.x."""

import bpy

# Half and float, in the words of image_settings.color_depth.
EXR_DEPTHS = (16, 32)

# ProRes in the words of Blender 5; older Blenders have no ProRes at all, and stay lossless in the same container.
PRORES_PROFILES = {
    "prores_4444_xq": "4444_XQ",
    "prores_4444": "4444",
    "prores_422_hq": "422_HQ",
    "prores_422": "422_STD",
    "prores_422_lt": "422_LT",
    "prores_422_proxy": "422_PROXY",
}

# Displays and views that stand for Rec.709 delivery, best first: the oldest Blender has neither BT.1886 nor ACES.
DISPLAYS = {"Rec709": ("Rec.1886", "Rec.709", "sRGB"), "sRGB": ("sRGB",)}
VIEWS = ("ACES 2.0", "ACES 1.3", "Standard")


def configure_output(scene, spec, frames):
    """Sets everything that decides what is written, and answers with notes for people.

    `spec` is an OutputSpec: name, format, resolution, frame_rate [frames, seconds], color_space, compression, depth.
    """
    notes = []
    picture(scene, spec)
    notes += rate(scene, spec["frame_rate"])
    scene.frame_start, scene.frame_end, scene.frame_step = frames[0], frames[1], 1
    if spec["format"] == "OPEN_EXR":
        exr(scene.render, spec)
    elif spec["format"] in ("QUICKTIME", "FFMPEG"):
        notes += movie(scene.render, spec)
    else:
        raise ValueError("no format is called %r" % spec["format"])
    notes += whole_composite(scene)
    stamps(scene.render)
    return notes


def picture(scene, spec):
    render = scene.render
    render.resolution_x, render.resolution_y = spec["resolution"]
    render.resolution_percentage = 100
    render.pixel_aspect_x = render.pixel_aspect_y = 1.0
    # One picture, whole: no crop, no stereo pair.
    render.use_border = render.use_crop_to_border = False
    render.use_multiview = False


def rate(scene, ratio):
    """The exact ratio: Blender's rate is an integer (16 bits) over a float."""
    render = scene.render
    frames, seconds = ratio
    before = render.fps / render.fps_base
    scale = 1
    while frames > 32767 * scale:
        scale *= 10
    # What does not fit is brought down by tens, 60000/1001 to 6000/100.1, which divides to the same rate.
    render.fps, render.fps_base = round(frames / scale), seconds / scale
    if abs(before - frames / seconds) < 1e-4:
        return []
    return ["the file is made for %.6g frames per second and is rendered for %.6g" % (before, frames / seconds)]


def exr(render, spec):
    if spec["depth"] not in EXR_DEPTHS:
        raise ValueError("EXR has a depth of 16 or 32 bits, not %r" % spec["depth"])
    image = render.image_settings
    kind(image, "MULTI_LAYER_IMAGE", "OPEN_EXR_MULTILAYER")
    image.color_mode = "RGBA"
    image.color_depth = str(spec["depth"])
    image.exr_codec = spec["compression"]
    image.use_preview = False
    # A part for each layer, where Blender can: whoever wants the picture reads only that.
    if hasattr(image, "use_exr_interleave"):
        image.use_exr_interleave = False
    # The working space as it is, whatever the file overrode: it is asked for and converted later.
    image.color_management = "FOLLOW_SCENE"


def movie(render, spec):
    image, video = render.image_settings, render.ffmpeg
    kind(image, "VIDEO", "FFMPEG")
    notes = []
    video.format = "QUICKTIME" if spec["format"] == "QUICKTIME" else "MPEG4"
    if spec["compression"] in PRORES_PROFILES:
        codec = first(video, "codec", ("PRORES", "PNG"))
        if codec == "PRORES":
            video.ffmpeg_prores_profile = PRORES_PROFILES[spec["compression"]]
        else:
            notes.append("this Blender cannot write ProRes: its QuickTime is set to PNG, which loses nothing")
    else:
        video.codec = "H264"
        video.constant_rate_factor = "HIGH"
        video.ffmpeg_preset = "GOOD"
        # A keyframe every half second scrubs well.
        video.gopsize = max(1, round(render.fps / render.fps_base / 2))
        video.use_max_b_frames = False
    video.audio_codec = "NONE"
    keeps_alpha = spec["compression"].startswith("prores_4444")
    first(image, "color_mode", ("RGBA", "RGB") if keeps_alpha else ("RGB",))
    first(image, "color_depth", ("10", "8") if spec["depth"] > 8 else ("8",))
    image.color_management = "OVERRIDE"
    display = first(image.display_settings, "display_device", DISPLAYS.get(spec["color_space"], ("sRGB",)))
    view = first(image.view_settings, "view_transform", VIEWS)
    image.view_settings.look = "None"
    image.view_settings.exposure, image.view_settings.gamma = 0.0, 1.0
    notes.append("Blender's own movie would be %s on %s" % (view, display))
    return notes


def whole_composite(scene):
    """The compositor's picture and nothing beside it: no strips, no files of the compositor's own, no old frames."""
    render = scene.render
    render.use_compositing = True
    render.use_sequencer = False
    render.use_file_extension = render.use_overwrite = True
    render.use_placeholder = False
    # The same picture on any machine of a farm.
    if hasattr(render, "compositor_device"):
        render.compositor_device = "CPU"
    if hasattr(render, "compositor_precision"):
        render.compositor_precision = "FULL"
    muted = mute_file_outputs(scene)
    if not muted:
        return []
    return ["file outputs of the compositor are not written, the master has the layers: %s" % ", ".join(muted)]


def mute_file_outputs(scene):
    trees = [tree for tree in bpy.data.node_groups if tree.bl_idname == "CompositorNodeTree"]
    # Before 5.0 a scene's own tree is no data-block of its own.
    trees += [other.node_tree for other in bpy.data.scenes if getattr(other, "node_tree", None)]
    muted = []
    for tree in trees:
        for node in tree.nodes:
            if node.bl_idname == "CompositorNodeOutputFile" and not node.mute:
                node.mute = True
                muted.append(node.name)
    return muted


def stamps(render):
    """What goes into the files beside the picture: what the shot is, not where and when it was rendered."""
    render.use_stamp = False
    render.metadata_input = "SCENE"
    kept = ("frame", "camera", "scene", "lens", "marker", "note")
    left_out = ("date", "time", "render_time", "filename", "memory", "hostname", "frame_range", "sequencer_strip")
    for name in kept + left_out:
        if hasattr(render, "use_stamp_" + name):
            setattr(render, "use_stamp_" + name, name in kept)


def kind(image, media, file_format):
    # From 5.0 on the kinds of media come first, and the format is one of that kind's.
    if hasattr(image, "media_type"):
        image.media_type = media
    image.file_format = file_format


def first(owner, name, values):
    """Sets the first value that this Blender has, and answers with it."""
    for value in values:
        try:
            setattr(owner, name, value)
            return value
        except TypeError as error:
            refusal = error
    raise refusal


def plain_path(path):
    """A path that Blender takes as it is: from 4.5 on braces stand for templates."""
    return path.replace("{", "{{").replace("}", "}}") if bpy.app.version >= (4, 5) else path


def settings(scene):
    """What the scene now says, read back from it."""
    render, image, video = scene.render, scene.render.image_settings, scene.render.ffmpeg
    answer = {
        "resolution": [render.resolution_x, render.resolution_y],
        "resolution_percentage": render.resolution_percentage,
        "pixel_aspect": [render.pixel_aspect_x, render.pixel_aspect_y],
        "fps": render.fps,
        "fps_base": render.fps_base,
        "frames": [scene.frame_start, scene.frame_end, scene.frame_step],
        "file_format": image.file_format,
        "color_mode": image.color_mode,
        "color_depth": image.color_depth,
        "color_management": image.color_management,
    }
    if image.file_format == "FFMPEG":
        answer["container"], answer["codec"] = video.format, video.codec
        answer["prores_profile"] = video.ffmpeg_prores_profile if video.codec == "PRORES" else None
        answer["audio"] = video.audio_codec
        answer["display"] = image.display_settings.display_device
        answer["view"] = image.view_settings.view_transform
    else:
        answer["exr_codec"] = image.exr_codec
    return answer
