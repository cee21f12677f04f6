"""Files beside the .blend that it needs: which of them are not there."""

import os
import re

import bpy


def missing(frames):
    """(kind, name, path, whether the picture needs it) for each file that is not there; `frames` are the first and last."""
    found = []
    for library in bpy.data.libraries:
        path = bpy.path.abspath(library.filepath, library=library.parent)
        if not library.packed_file and not os.path.isfile(path):
            found.append(("library", library.name, path, True))
    found += [("linked data", name, path, True) for name, path in missing_data()]
    users = bpy.data.user_map(subset=set(bpy.data.images) | set(bpy.data.movieclips))
    for image in bpy.data.images:
        if image.source in ("FILE", "SEQUENCE", "MOVIE", "TILED") and not is_packed(image):
            path = bpy.path.abspath(first_tile(image), library=image.library)
            if not os.path.isfile(path):
                found.append(("image", image.name, path, is_in_picture(users.get(image))))
    found += [("image", name, path, True) for name, path in missing_of_sequences(frames)]
    for clip in bpy.data.movieclips:
        path = bpy.path.abspath(clip.filepath, library=clip.library)
        if not os.path.exists(path):
            found.append(("movie clip", clip.name, path, is_in_picture(users.get(clip))))
    for kind, blocks in (("cache", bpy.data.cache_files), ("volume", bpy.data.volumes)):
        for block in blocks:
            path = bpy.path.abspath(block.filepath, library=block.library)
            if block.filepath and block.users and not getattr(block, "packed_file", None) and not os.path.isfile(path):
                found.append((kind, block.name, path, True))
    return found


def missing_data():
    """Data-blocks whose library is there and does not have them; before 4.x Blender only prints them."""
    for collection in (bpy.data.objects, bpy.data.collections, bpy.data.materials, bpy.data.node_groups, bpy.data.meshes):
        for block in collection:
            if block.library and getattr(block, "is_missing", False):
                yield block.name, bpy.path.abspath(block.library.filepath, library=block.library.parent)


def missing_of_sequences(frames):
    """Frames that the compositor will ask for: Blender would go on without them, and say nothing."""
    trees = [tree for tree in bpy.data.node_groups if tree.bl_idname == "CompositorNodeTree"]
    trees += [scene.node_tree for scene in bpy.data.scenes if getattr(scene, "node_tree", None)]
    nodes = [node for tree in trees for node in tree.nodes if node.bl_idname == "CompositorNodeImage" and not node.mute]
    for node in nodes:
        image = node.image
        if image is None or image.source != "SEQUENCE" or is_packed(image):
            continue
        first = bpy.path.abspath(image.filepath, library=image.library)
        digits = re.search(r"(\d+)(\D*)$", first)
        if not digits or not os.path.isfile(first):
            continue
        for number in sorted({file_number(node, frame) for frame in range(frames[0], frames[1] + 1)} - {None}):
            path = first[: digits.start(1)] + str(number).zfill(len(digits.group(1))) + digits.group(2)
            if not os.path.isfile(path):
                yield image.name, path


def file_number(node, frame):
    """The frame of the sequence that stands at a frame of the scene, or none outside it (BKE_image_user_frame_get)."""
    place = frame - node.frame_start + 1
    if node.use_cyclic and node.frame_duration > 0:
        place = (place - 1) % node.frame_duration + 1
    return place + node.frame_offset if 1 <= place <= node.frame_duration else None


def is_packed(image):
    return bool(image.packed_file or len(image.packed_files))


def first_tile(image):
    number = image.tiles[0].number if image.source == "TILED" and len(image.tiles) else 1001
    return image.filepath.replace("<UDIM>", str(number)).replace("<UVTILE>", "u1_v1")


def is_in_picture(users):
    """Whether what uses it can end up in the picture; screens, brushes and reference empties cannot."""
    shaded = (bpy.types.Material, bpy.types.World, bpy.types.Light, bpy.types.Scene, bpy.types.NodeTree, bpy.types.Texture)
    return any(isinstance(user, shaded) for user in users or ())
