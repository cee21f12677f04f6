"""The reference: opencolorio.py CONFIG DISPLAY VIEW < R, G, B as 32-bit floats in ACEScg > the same as display values.

Every step as OpenColorIO computes it when told to take no short cut.
"""

import sys

import numpy
import PyOpenColorIO as ocio

config, display, view = sys.argv[1:]
pixels = numpy.frombuffer(sys.stdin.buffer.read(), numpy.float32).reshape(-1, 3).copy()
transform = ocio.DisplayViewTransform(src="ACEScg", display=display, view=view)
processor = ocio.Config.CreateFromFile(config).getProcessor(transform)
processor.getOptimizedCPUProcessor(ocio.OPTIMIZATION_NONE).applyRGB(pixels)
sys.stdout.buffer.write(pixels.tobytes())
