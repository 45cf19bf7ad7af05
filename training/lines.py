"""The drawn lines with what the teacher sees in them, how print wears, and batches of both."""

import io
import json
import random

import numpy as np
from PIL import Image, ImageFilter

from network import FEATURES
from places import DATA

HEIGHT = 48
MOST_LINES = 64


class Lines:
    """Sorted by their width."""

    def __init__(self):
        self.pixels, self.features, self.places = [], [], []
        for path in sorted(DATA.glob("*.steps.json")):
            name = path.name.removesuffix(".steps.json")
            widths, steps = (json.loads((DATA / f"{name}.{kind}.json").read_text()) for kind in ("widths", "steps"))
            self.pixels.append(np.memmap(DATA / f"{name}.u8", np.uint8, "r"))
            self.features.append(np.memmap(DATA / f"{name}.f16", np.float16, "r").reshape(-1, FEATURES))
            pixel = step = 0
            for width, count in zip(widths, steps):
                self.places.append((width, count, len(self.pixels) - 1, pixel, step))
                pixel, step = pixel + HEIGHT * width, step + count
        self.places.sort()

    def __len__(self):
        return len(self.places)

    def __getitem__(self, index):
        """Pixels, 48 x W in grey, and features, steps x 120."""
        width, count, shard, pixel, step = self.places[index]
        pixels = np.asarray(self.pixels[shard][pixel : pixel + HEIGHT * width]).reshape(HEIGHT, width)
        return pixels, np.asarray(self.features[shard][step : step + count], np.float32)


def wear(pixels):
    """What scanners, faxes, cameras and thermal printers do to a line: 48 x W, 0 to 255."""
    R, shape, (dark, light) = random, pixels.shape, (int(pixels.min()), int(pixels.max()))
    values = np.asarray(_blur(Image.fromarray(pixels)), np.float32)
    if R.random() < 0.12:
        values = _fax(values, dark, light)
    else:
        values = _fade(values, light)
    values = np.clip(values, 0, 255)
    if R.random() < 0.3:
        file = io.BytesIO()
        Image.fromarray(values.astype(np.uint8)).save(file, "JPEG", quality=R.randint(22, 75))
        values = np.asarray(Image.open(file), np.float32)
    if values.shape != shape:
        filter = R.choice([Image.Resampling.BILINEAR, Image.Resampling.BICUBIC])
        values = np.asarray(Image.fromarray(values).resize(shape[::-1], filter), np.float32)
    # The brightness of coloured print, or on coloured paper.
    if R.random() < 0.2:
        values = values * R.uniform(0.55, 1) + R.uniform(0, 60) * R.random()
    return np.clip(values, 0, 255)


def _blur(picture):
    """Turned a little, thickened or thinned, blurred, of fewer pixels."""
    R, (width, height) = random, picture.size
    if R.random() < 0.35:
        turn = R.uniform(-0.02, 0.02) * min(1, 250 / width)
        shear, scale = R.uniform(-0.12, 0.12), R.uniform(0.94, 1.08)
        down = height / 2 * (1 - scale) + R.uniform(-2, 2) - turn * width / 2
        matrix = (1, shear, -shear * height / 2, turn, scale, down)
        paper = picture.getpixel((0, 0))
        picture = picture.transform(picture.size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR, fillcolor=paper)
    if R.random() < 0.12:
        filter = R.choice([ImageFilter.MinFilter(3), ImageFilter.MaxFilter(3)])
        picture = Image.blend(picture, picture.filter(filter), R.uniform(0.3, 1))
    if R.random() < 0.3:
        picture = picture.filter(ImageFilter.GaussianBlur(R.uniform(0.3, 1.5)))
    if R.random() < 0.6:
        rows = int(R.triangular(13, 40, 24))
        columns = max(4, int(width * rows / height * R.choice([1, 1, 1, R.uniform(0.7, 1.4)])))
        filters = [Image.Resampling.BOX, Image.Resampling.BILINEAR, Image.Resampling.BICUBIC]
        picture = picture.resize((columns, rows), R.choice(filters))
    return picture


def _fax(values, dark, light):
    """One bit, with noise before and specks after."""
    R, contrast = random, light - dark
    middle = (dark + light) / 2 + contrast * R.uniform(-0.22, 0.22)
    noise = np.random.randn(*values.shape) * contrast * R.uniform(0.02, 0.16)
    bits = np.where(values + noise > middle, light, dark).astype(np.float32)
    if R.random() < 0.5:
        bits = np.where(np.random.rand(*bits.shape) < R.uniform(0, 0.02), dark + light - bits, bits)
    return bits


def _fade(values, light):
    """Uneven light, pale print, streaks, grain."""
    R, (rows, columns) = random, values.shape
    if R.random() < 0.35:
        across = np.linspace(R.uniform(0.5, 1.1), R.uniform(0.5, 1.1), columns)[None]
        down = np.linspace(R.uniform(0.85, 1.05), R.uniform(0.85, 1.05), rows)[:, None]
        values = ((values - light) * R.uniform(0.35, 1) + light) * across * down
    if R.random() < 0.1:
        streaks = np.random.rand(rows) < R.uniform(0.02, 0.12)
        values = np.where(streaks[:, None], values * 0.4 + light * 0.6, values)
    if R.random() < 0.45:
        grain = R.choice([3, 6, 12, 20]) * R.uniform(0.4, 1.2)
        values = values + np.random.randn(rows, columns).astype(np.float32) * grain
    return values


def batch(lines, columns, worn):
    """
    Lines of about one width, `columns` in all, of which the share `worn` is worn.

    @returns pictures B x 1 x 48 x W from -1 to 1, features B x steps x 120, and where there are any, B x steps.
    """
    start = random.randrange(len(lines))
    count = max(1, min(MOST_LINES, columns // max(24, lines.places[start][0])))
    near = range(max(0, start - 2 * count), min(len(lines), start + 2 * count))
    chosen = random.sample(near, min(count, len(near)))
    width = (max(lines.places[one][0] for one in chosen) + 15) // 16 * 16
    steps = min(width // 8, max(lines.places[one][1] for one in chosen))
    pictures = np.zeros((len(chosen), 1, HEIGHT, width), np.float32)
    features = np.zeros((len(chosen), steps, FEATURES), np.float32)
    known = np.zeros((len(chosen), steps), np.float32)
    for row, one in enumerate(chosen):
        pixels, seen = lines[one]
        seen, end = seen[:steps], pixels.shape[1]
        values = wear(pixels) if random.random() < worn else pixels.astype(np.float32)
        pictures[row, 0, :, :end] = values / 127.5 - 1
        pictures[row, 0, :, end:] = pictures[row, 0, :, end - 1 : end]
        features[row, : len(seen)], known[row, : len(seen)] = seen, 1
    return pictures, features, known
