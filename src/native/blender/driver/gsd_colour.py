"""What space Blender computes in. It is asked, because it depends on version, file and OpenColorIO configuration."""

import os
import re

import bpy
from mathutils import Color


def working_space():
    """The name, the interop name where Blender has one, and the matrix from its RGB to CIE XYZ (D65), row by row.

    The matrix is None where Blender itself has only guessed: its configuration lacks the role that would tell.
    """
    answer = {"name": None, "interop_id": None, "to_xyz_d65": None}
    space = getattr(bpy.data, "colorspace", None)
    if space is not None:  # from 5.0 on
        answer["name"] = space.working_space
        answer["interop_id"] = space.working_space_interop_id or None
    roles = configured_roles()
    answer["name"] = answer["name"] or roles.get("scene_linear")
    # OpenColorIO's own role, or the one Blender had before; without them Blender takes primaries of Rec.709 for granted.
    if not roles or "aces_interchange" in roles or "XYZ" in roles or "cie_xyz_d65_interchange" in roles:
        answer["to_xyz_d65"] = to_xyz()
    return answer


def to_xyz():
    columns = [Color(primary).from_scene_linear_to_xyz_d65() for primary in ((1, 0, 0), (0, 1, 0), (0, 0, 1))]
    return [[column[row] for column in columns] for row in range(3)]


def configured_roles():
    """The roles of the OpenColorIO configuration in use; none where it cannot be read (an archive, a built-in one)."""
    path = os.environ.get("OCIO") or os.path.join(
        bpy.utils.system_resource("DATAFILES"), "colormanagement", "config.ocio"
    )
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            text = file.read(1 << 20)
    except OSError:
        return {}
    # YAML, of which only this much is needed: the indented lines below "roles:".
    block = re.search(r"^roles:[^\n]*\n((?:[ \t]+[^\n]*\n|[ \t]*#[^\n]*\n|[ \t]*\n)*)", text, re.MULTILINE)
    lines = re.findall(r"^[ \t]+([A-Za-z0-9_]+):[ \t]*(.+?)[ \t]*$", block.group(1), re.MULTILINE) if block else []
    return {role: name.strip("\"'") for role, name in lines}
