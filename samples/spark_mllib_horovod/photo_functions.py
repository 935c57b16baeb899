"""Photos to numbers: decode, resize, measure, normalise."""

import io

import numpy as np
from PIL import Image

SIDE = 64

# Means and deviations of the three channels over the 2018 training set, on a scale of 0 to 1.
CHANNEL_MEANS = np.array([0.320, 0.319, 0.316], dtype=np.float32)
CHANNEL_DEVIATIONS = np.array([0.175, 0.177, 0.177], dtype=np.float32)


def decode_photo(content):
    """A JPEG file as raw RGB bytes of SIDE x SIDE pixels, with their brightness, contrast and saturation (0 to 1)."""
    image = Image.open(io.BytesIO(content)).convert("RGB").resize((SIDE, SIDE), Image.BILINEAR)
    pixels = np.asarray(image)
    rgb = pixels / 255.0
    luminance = 0.299 * rgb[..., 0] + 0.587 * rgb[..., 1] + 0.114 * rgb[..., 2]
    return {
        "pixels": pixels.tobytes(),
        "brightness": float(luminance.mean()),
        "contrast": float(luminance.std()),
        "saturation": float((rgb.max(axis=2) - rgb.min(axis=2)).mean()),
    }


def normalise_pixels(pixels):
    """Raw RGB bytes as a flat list of floats, each channel centred and scaled."""
    rgb = np.frombuffer(pixels, dtype=np.uint8).reshape(-1, 3).astype(np.float32) / 255
    return ((rgb - CHANNEL_MEANS) / CHANNEL_DEVIATIONS).ravel().tolist()
