"""Make inputs for train_photos.py: photos of six kinds of machine part, their metadata and a label sheet.

The inputs have the dirt of real ones. The same number of images and the same seed give the same bytes.
"""

import argparse
import csv
import io
import json
import math
import sys
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 320, 240
SCENE_WIDTH, SCENE_HEIGHT = WIDTH // 2, HEIGHT // 2  # surfaces are drawn at half size: four times as fast
KINDS = ["disc", "ring", "plate", "wedge", "star", "cross"]
FINISHES = ["plain", "brushed", "knurled", "pitted"]
USUAL_FINISH = {
    "disc": "brushed",
    "ring": "plain",
    "plate": "knurled",
    "wedge": "pitted",
    "star": "plain",
    "cross": "brushed",
}

# Shares of the photos.
WRONG_LABEL = 0.05
CORRECTED_LABEL = 0.03
UNTIDY_LABEL = 0.05
NO_LABEL = 0.02
UNSURE_LABEL = 0.01
LABEL_WITHOUT_PHOTO = 0.01
SEVERAL_REVISIONS = 0.12
QUARANTINED = 0.02
TOO_SMALL = 0.02
FILE_DELETED = 0.01


def parse_arguments():
    parser = argparse.ArgumentParser(description="Make photos, metadata and labels for train_photos.py.")
    parser.add_argument("--output", required=True, type=Path, help="folder to make; must be new or empty")
    parser.add_argument("--images", type=int, default=400, help="photos to make (default: 400)")
    parser.add_argument("--seed", type=int, default=0, help="same seed, same bytes (default: 0)")
    parser.add_argument("--corrupt", type=int, default=0, help="photos to cut short although their metadata is good")
    arguments = parser.parse_args()
    if arguments.images < 1:
        parser.error("--images must be at least 1")
    if arguments.output.exists() and (not arguments.output.is_dir() or any(arguments.output.iterdir())):
        parser.error(f"{arguments.output} is not an empty folder; name a new one or empty it first")
    return arguments


def make_inputs(output, images, seed, corrupt=0, progress=None):
    """Write images/, metadata.jsonl and labels.csv under `output`; `progress` is told the number of photos done."""
    (output / "images").mkdir(parents=True)
    revisions, sheet = [], []
    for index in range(images):
        random = np.random.default_rng([seed, index])
        name = f"part_{index:06d}.jpg"
        kind = KINDS[random.integers(len(KINDS))]
        history = photo_history(name, random)
        sheet += label_rows(name, kind, random)
        revisions += history

        latest = history[-1]
        content = encode_photo(draw_part(kind, random), (latest["width"], latest["height"]), random)
        deleted = random.random() < FILE_DELETED
        # Uploads are quarantined because many of them broke off half-way.
        broken_off = latest["quarantined"] and random.random() < 0.5
        if not deleted:
            content = content[: len(content) // 2] if broken_off else content
            (output / "images" / name).write_bytes(content)
        if progress:
            progress(index + 1)

    random = np.random.default_rng([seed, images, 1])
    for index in range(round(images * LABEL_WITHOUT_PHOTO)):
        sheet.append((f"part_{images + index:06d}.jpg", KINDS[index % len(KINDS)], "2018-02-05", "m.k."))
    write_metadata(output / "metadata.jsonl", [revisions[i] for i in random.permutation(len(revisions))])
    write_labels(output / "labels.csv", [sheet[i] for i in random.permutation(len(sheet))])
    cut_short(output, revisions, corrupt, random)


def photo_history(name, random):
    """Metadata rows of one photo, oldest revision first."""
    number = 1 + (random.integers(1, 3) if random.random() < SEVERAL_REVISIONS else 0)
    small = random.random() < TOO_SMALL
    quarantined = random.random() < QUARANTINED
    history = []
    for revision in range(1, number + 1):
        last = revision == number
        factor = 4 if (small if last else random.random() < 0.3) else 1
        history.append(
            {
                "name": name,
                "revision": int(revision),
                "camera": f"cam-{random.integers(1, 9)}",
                "width": WIDTH // factor,
                "height": HEIGHT // factor,
                "quarantined": bool(quarantined if last else random.random() < 0.3),
                "uploaded_at": f"2018-01-{10 + revision:02d}T{random.integers(24):02d}:{random.integers(60):02d}:00Z",
            }
        )
    return history


def label_rows(name, kind, random):
    """Rows of the label sheet for one photo: mostly one, now and then none, a doubtful one or a correction."""
    annotator = ["m.k.", "a.s.", "t.o."][random.integers(3)]
    if random.random() < NO_LABEL:
        return [(name, "", "2018-02-05", annotator)] if random.random() < 0.5 else []
    if random.random() < UNSURE_LABEL:
        return [(name, "unsure", "2018-02-05", annotator)]
    others = [other for other in KINDS if other != kind]
    another = others[random.integers(len(others))]
    label = another if random.random() < WRONG_LABEL else kind
    rows = [(name, another, "2018-02-05", annotator)] if random.random() < CORRECTED_LABEL else []
    if random.random() < UNTIDY_LABEL:
        label = [label.upper(), label.title(), f" {label}", f"{label} "][random.integers(4)]
    return [*rows, (name, label, "2018-02-12" if rows else "2018-02-05", annotator)]


def draw_part(kind, random):
    """One part on a workbench: its outline tells its kind, its finish often does, its colour and place do not."""
    bench = blotches(random.integers(25, 105, 3), 20, random)
    part = blotches(random.integers(110, 226, 3), 25, random)
    finish = USUAL_FINISH[kind] if random.random() < 0.75 else FINISHES[random.integers(len(FINISHES))]
    part += finish_pattern(finish, random)[..., None]
    mask = np.asarray(draw_outline(kind, random), dtype=np.float32)[..., None] / 255
    scene = np.clip(bench * (1 - mask) + part * mask, 16, 239).astype(np.uint8)
    image = np.array(Image.fromarray(scene).resize((WIDTH, HEIGHT), Image.BILINEAR))
    image += random.integers(-16, 17, image.shape, dtype=np.int8).view(np.uint8)
    image = Image.fromarray(image)
    draw = ImageDraw.Draw(image)
    for _ in range(random.integers(0, 3)):  # cables and tape in front of the part
        x, y = random.integers(0, WIDTH), random.integers(0, HEIGHT)
        dx, dy = random.integers(-160, 161, 2)
        colour = tuple(int(c) for c in random.integers(0, 256, 3))
        draw.line([(x, y), (x + dx, y + dy)], fill=colour, width=int(random.integers(4, 18)))
    return image


def blotches(colour, strength, random):
    """A surface of one colour with soft stains, as floats."""
    stains = random.integers(-strength, strength + 1, (4, 5), dtype=np.int16) + 128
    surface = Image.fromarray(stains.astype(np.uint8)).resize((SCENE_WIDTH, SCENE_HEIGHT), Image.BILINEAR)
    return (np.asarray(surface, dtype=np.float32) - 128)[..., None] + colour.astype(np.float32)


def finish_pattern(finish, random):
    """Differences in brightness that a finish leaves on the surface."""
    if finish == "plain":
        return np.zeros((SCENE_HEIGHT, SCENE_WIDTH), dtype=np.float32)
    y, x = np.mgrid[0:SCENE_HEIGHT, 0:SCENE_WIDTH].astype(np.float32)
    angle, period = random.random() * math.pi, random.integers(5, 10)
    along = (x * math.cos(angle) + y * math.sin(angle)) * (2 * math.pi / period)
    across = (y * math.cos(angle) - x * math.sin(angle)) * (2 * math.pi / period)
    strength = np.float32(random.integers(25, 55))
    if finish == "brushed":
        return strength * np.sin(along)
    if finish == "knurled":
        return strength * np.sign(np.sin(along) * np.sin(across))
    return np.where(np.sin(along) + np.sin(across) > 1.1, -2 * strength, np.float32(0))


def draw_outline(kind, random):
    """The part's mask: white on black, somewhere near the middle, at any angle."""
    mask = Image.new("L", (SCENE_WIDTH, SCENE_HEIGHT))
    draw = ImageDraw.Draw(mask)
    x, y = SCENE_WIDTH / 2 + random.integers(-14, 15), SCENE_HEIGHT / 2 + random.integers(-8, 9)
    radius, turn = random.integers(30, 48), random.random() * 2 * math.pi

    def corner(share, angle):
        return (x + share * radius * math.cos(turn + angle), y + share * radius * math.sin(turn + angle))

    if kind in ("disc", "ring"):
        draw.ellipse([x - radius, y - radius, x + radius, y + radius], fill=255)
        if kind == "ring":
            hole = radius * random.uniform(0.35, 0.6)
            draw.ellipse([x - hole, y - hole, x + hole, y + hole], fill=0)
    elif kind == "plate":
        half = random.uniform(0.5, 0.8)
        draw.polygon([corner(1, a) for a in (-half, half, math.pi - half, math.pi + half)], fill=255)
    elif kind == "wedge":
        draw.polygon([corner(1, 2 * math.pi * i / 3) for i in range(3)], fill=255)
    elif kind == "star":
        draw.polygon([corner(0.45 if i % 2 else 1, math.pi * i / 5) for i in range(10)], fill=255)
    else:
        arm = random.uniform(0.2, 0.35)
        for quarter in (0, math.pi / 2):
            draw.polygon([corner(1, quarter + a) for a in (-arm, arm, math.pi - arm, math.pi + arm)], fill=255)
    return mask


def encode_photo(image, size, random):
    """The image as a JPEG of `size`."""
    target = io.BytesIO()
    image.resize(size, Image.BILINEAR).save(target, "JPEG", quality=int(random.integers(78, 93)))
    return target.getvalue()


def write_metadata(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def write_labels(path, rows):
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["name", "label", "labelled_on", "annotator"])
        writer.writerows(rows)


def cut_short(output, revisions, number, random):
    """Break `number` photos that nothing warns of."""
    latest = {row["name"]: row for row in revisions}
    sound = [name for name, row in latest.items() if not row["quarantined"] and (output / "images" / name).exists()]
    for index in random.permutation(len(sound))[:number]:
        path = output / "images" / sound[index]
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])


def main():
    arguments = parse_arguments()

    def show(done):
        if sys.stderr.isatty() and (done % 50 == 0 or done == arguments.images):
            print(f"\r{done} of {arguments.images} photos", end="", file=sys.stderr, flush=True)

    make_inputs(arguments.output, arguments.images, arguments.seed, arguments.corrupt, progress=show)
    if sys.stderr.isatty():
        print(file=sys.stderr)


if __name__ == "__main__":
    main()
