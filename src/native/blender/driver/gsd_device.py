"""What Cycles renders on. Factory settings know of no GPU: where the file asks for one, the machine is looked over."""

import bpy

# Best first, where a machine has several.
KINDS = ("OPTIX", "CUDA", "HIP", "METAL", "ONEAPI")


def choose_device(scene):
    """Switches every GPU of one kind on if the scene asks for it, and answers with notes for people."""
    if scene.render.engine != "CYCLES" or scene.cycles.device != "GPU":
        return []
    cycles = bpy.context.preferences.addons["cycles"].preferences
    for kind in KINDS:
        try:
            cycles.compute_device_type = kind
        except TypeError:
            continue  # not built into this Blender
        cycles.get_devices()
        found = [device for device in cycles.devices if device.type == kind]
        if found:
            for device in cycles.devices:
                device.use = device.type == kind
            return ["rendered on the GPU: %s" % ", ".join(device.name for device in found)]
    scene.cycles.device = "CPU"
    return ["the file asks for a GPU, and Blender finds none: rendered on the CPU"]
