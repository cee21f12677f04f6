"""The ten figures as FreeType draws them, for reading burnt-in frame numbers: python3 tests/golden/figures.py, with Pillow."""

from PIL import Image, ImageDraw, ImageFont

# A line of 38 pixels from ascender to descender, which are 1901 and 483 of this font's 2048 units apart from its base line.
LINE = 38
CELL = 20

font = ImageFont.truetype("src/native/export/lettering/DejaVuSansMono.ttf", size=LINE * 2048 / (1901 + 483))
picture = Image.new("L", (10 * CELL, LINE))
for place, figure in enumerate("0123456789"):
    ImageDraw.Draw(picture).text((place * CELL, LINE * 1901 / (1901 + 483)), figure, font=font, fill=255, anchor="ls")
picture.save("tests/golden/figures.png")
