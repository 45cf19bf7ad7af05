"""
draw.py SEED SHARDS: draws lines of text with the fonts of this machine, 48 rows high, as the engine
cuts them out of clean pages, a thousand a shard.
"""

import json
import random
import subprocess
import sys

import numpy as np
from PIL import Image, ImageDraw, ImageFont

import texts
from places import DATA

R = random
SHARD = 1000
WIDEST = 1000
USUAL = ("Liberation", "DejaVu", "FreeSans", "FreeSerif", "FreeMono", "Nimbus", "C059", "P052", "URW", "Carlito")
USUAL += ("Caladea", "OpenSans", "Roboto", "Lato", "NotoSans-", "NotoSerif-", "lm", "cmu", "Courier", "tinos", "arimo")
NO_LETTERS = ("Dingbat", "Symbol", "Braille", "Barcode", "Emoji", "Music", "bullets", "Redacted", "Blank")


class Fonts:
    def __init__(self):
        listing = subprocess.run(["fc-list", ":lang=en:lang=de", "file", "family"], capture_output=True, text=True, check=True)
        lines = [line for line in listing.stdout.split("\n") if not any(name in line for name in NO_LETTERS)]
        self.all = sorted({line.split(":")[0] for line in lines if ".ttf" in line or ".otf" in line})
        self.usual = [path for path in self.all if any(name in path for name in USUAL)]
        self.loaded = {}

    def any(self):
        while True:
            path = R.choice(self.usual if self.usual and R.random() < 0.5 else self.all)
            if path not in self.loaded:
                self.loaded[path] = self._load(path)
            if self.loaded[path]:
                return self.loaded[path]

    def _load(self, path):
        """None where letters are missing, or all look the same."""
        try:
            font = ImageFont.truetype(path, 60)
            boxes = [font.getmask(character).getbbox() for character in "aeijlmtgKQ09"]
            shapes = {bytes(font.getmask(character)) for character in "abcdefgh"}
        except (OSError, ValueError):
            return None
        return font if all(boxes) and len(shapes) == 8 else None


def _write(text, font):
    """Black on white, with much room around."""
    track = R.uniform(-1.5, 6) if R.random() < 0.12 else 0
    length = sum(map(font.getlength, text)) + track * len(text)
    picture = Image.new("L", (int(length + 200), 240), 255)
    pen = ImageDraw.Draw(picture)
    if track or R.random() < 0.12:
        x, widening = 60.0, R.uniform(0.8, 2.2) if R.random() < 0.5 else 1
        for character in text:
            pen.text((x, 70), character, fill=0, font=font)
            x += (font.getlength(character) + track) * (widening if character == " " else 1)
    else:
        pen.text((60, 70), text, fill=0, font=font)
    if R.random() < 0.05:
        y = 70 + font.getmetrics()[0] + R.randint(4, 12)
        pen.line((50, y, picture.width - 60, y), fill=R.randint(0, 90), width=R.randint(1, 4))
    return picture


def _bounds(picture, text):
    """As tight around the ink as the engine's boxes are; None where there is none."""
    ink = picture.point(lambda value: 255 * (value < 128)).getbbox()
    if not ink or ink[3] - ink[1] < 8:
        return None
    left, top, right, bottom = ink
    height = bottom - top
    if not set(text) - set(".,-_'\"=~•*–:; "):
        top, bottom = top - 20, bottom + 20
    elif height < 38 and R.random() < 0.7:
        top, bottom = top - R.randint(0, 14), bottom + R.randint(0, 8)
    height = bottom - top
    margin = lambda least, most: height * R.uniform(least, most)
    return left - margin(0.03, 0.3), top - margin(0.02, 0.24), right + margin(0.03, 0.3), bottom + margin(0.02, 0.24)


def _add_neighbour(picture, bounds, font):
    """What hangs down from the line above, or stands up from the one below."""
    left, top, _, bottom = bounds
    mask = font.getmask(texts.any_text() or "gyp", mode="L")
    width, height = mask.size
    if not width or not height:
        return
    overlap = (bottom - top) * R.uniform(0.02, 0.1)
    y = int(top - height + overlap) if R.random() < 0.5 else int(bottom - overlap)
    x = int(left + R.uniform(0, bottom - top))
    picture.paste(0, (x, y), Image.frombytes("L", (width, height), bytes(mask)))


def draw_line(fonts):
    """@returns 48 x W in grey; None where nothing came of it."""
    text, font = texts.any_text(), fonts.any()
    picture = _write(text, font)
    bounds = _bounds(picture, text)
    if not bounds:
        return None
    if R.random() < 0.12:
        _add_neighbour(picture, bounds, font)
    left, top, right, bottom = bounds
    # The engine reads small print wider.
    stretch = 1 if R.random() < 0.6 else R.uniform(0.9, 1.5)
    width = max(16, round((right - left) / (bottom - top) * 48 * stretch))
    if width > WIDEST:
        return None
    filter = Image.Resampling.BOX if R.random() < 0.5 else Image.Resampling.BICUBIC
    line = picture.crop(tuple(map(int, bounds))).resize((width, 48), filter)
    dark, light = (0, 1) if R.random() < 0.5 else (R.uniform(0, 0.45), R.uniform(0.75, 1))
    values = dark + np.asarray(line, np.float32) / 255 * (light - dark)
    if R.random() < 0.06:
        values = 1 - values
    return (values * 255).round().astype(np.uint8)


def main(seed, shards):
    random.seed(seed)
    DATA.mkdir(parents=True, exist_ok=True)
    fonts = Fonts()
    print(f"{len(fonts.all)} fonts", flush=True)
    for shard in range(shards):
        lines = []
        while len(lines) < SHARD:
            line = draw_line(fonts)
            if line is not None:
                lines.append(line)
        name = DATA / f"{seed}-{shard:03d}"
        name.with_suffix(".u8").write_bytes(b"".join(line.tobytes() for line in lines))
        name.with_suffix(".widths.json").write_text(json.dumps([line.shape[1] for line in lines]))
        print(name, flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
