"""The flagship job under other names: file, sibling modules, functions, variables and columns."""

from __future__ import annotations

import re
from pathlib import Path

SAMPLE = Path(__file__).resolve().parents[2] / "samples" / "spark_mllib_horovod"

# Each new name is as long as the old and sorts alike, so that neither line breaks nor the order of imports change.
NAMES = {
    "train_photos": "train_phones",
    "photo_functions": "pheno_functions",
    "photo_model": "pheno_model",
    "horovod_barrier": "horovod_benders",
    "PhotoNet": "PhenoNet",
    "decode_photo": "decode_pheno",
    "normalise_pixels": "normalise_pounds",
    "build_catalogue": "build_cartridge",
    "start_rendezvous": "start_rondezvoux",
    "stop_rendezvous": "stop_rondezvoux",
    "join_rendezvous": "join_rondezvoux",
    "rendezvous_address": "rondezvoux_address",
    "catalogue": "catalogux",
    "features": "feedings",
    "decoded": "decided",
    "photos": "phenos",
    "to_tensors": "to_tensars",
    "count_correct": "count_carrect",
    "label_index": "label_count",
    "measures": "measured",
    "scaled": "scaler",
    "image": "immge",
    "stats": "stots",
}


def renamed(text: str) -> str:
    """The text with every name of the table replaced, longest first."""
    pattern = re.compile("|".join(sorted(map(re.escape, NAMES), key=len, reverse=True)))
    return pattern.sub(lambda match: NAMES[match.group()], text)


def copy_renamed(folder: Path) -> Path:
    """A copy of the job and its siblings under the new names in ``folder``; the path of the job."""
    folder.mkdir(parents=True, exist_ok=True)
    for source in SAMPLE.glob("*.py"):
        (folder / renamed(source.name)).write_text(renamed(source.read_text(encoding="utf-8")), encoding="utf-8")
    return folder / f"{NAMES['train_photos']}.py"
