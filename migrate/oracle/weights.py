"""Tensors saved by torch, loaded without running any code of theirs and compared element by element."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate.errors import MigrateError
from migrate.oracle.artifacts import Found, unique
from migrate.oracle.model import Tolerance

if TYPE_CHECKING:
    from torch import Tensor

_SHOWN = 4
_ELEMENTS = 1 << 22
"""Tensors are compared in stretches of so many elements, to keep what is held beside them small."""


def load(path: Path) -> Mapping[str, Any]:
    """Every tensor and plain value of a saved object by its path, on the CPU.

    Raises MigrateError when torch is missing, and when the file is missing, damaged or needs code of its own to load.
    """
    try:
        import torch
    except ImportError as error:
        raise MigrateError(
            f"{path} holds torch tensors and torch is not installed here: pip install 'spark-to-ray-migrate[ray]'."
        ) from error
    try:
        saved = torch.load(path, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise MigrateError(
            f"{path} cannot be read as tensors alone, it is damaged or holds other objects: save a state_dict."
        ) from error
    except (OSError, RuntimeError, EOFError) as error:
        reason = str(error).partition("\n")[0] or "the file ends too early."
        raise MigrateError(f"{path} cannot be read, it is missing, damaged or not complete: {reason}") from error
    return unique(_leaves(saved, "", path), path)


def _leaves(value: Any, name: str, path: Path) -> Iterator[tuple[str, Any]]:
    import torch

    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _leaves(item, f"{name}.{key}" if name else str(key), path)
    elif isinstance(value, list | tuple):
        for place, item in enumerate(value):
            yield from _leaves(item, f"{name}[{place}]", path)
    elif isinstance(value, torch.Tensor):
        if value.layout is not torch.strided or value.is_quantized:
            raise MigrateError(
                f"{name} in {path} is a sparse or quantized tensor, which cannot be compared: leave it out."
            )
        yield name, value
    elif value is None or isinstance(value, bool | int | float | str):
        yield name, value
    else:
        raise MigrateError(
            f"{name} in {path} is a {type(value).__name__}, which cannot be compared: save tensors alone."
        )


def same_tensor(left: Any, right: Any, tolerance: Tolerance | None) -> Found:
    """How two entries compare; one that is not a tensor is compared as a tensor of its own type."""
    import torch

    types = _kind(left), _kind(right)
    shown = _show(left), _show(right)
    if types[0] != types[1]:
        return Found(types, shown)
    if not isinstance(left, torch.Tensor):
        if not isinstance(left, float):
            return Found(types, shown, int(left != right))
        left, right = torch.tensor(left, dtype=torch.float64), torch.tensor(right, dtype=torch.float64)
    mismatched, largest = 0, None  # type: int, int | float | None
    pairs = zip(left.reshape(-1).split(_ELEMENTS), right.reshape(-1).split(_ELEMENTS), strict=True)
    for one, other in pairs:
        differs, most = _compare(one, other, tolerance)
        mismatched += differs
        if most is not None:
            largest = most if largest is None else max(largest, most)
    return Found(types, shown, mismatched, largest)


def _kind(value: Any) -> str:
    import torch

    if isinstance(value, torch.Tensor):
        return f"{str(value.dtype).removeprefix('torch.')}{list(value.shape)}"
    return type(value).__name__


def _show(value: Any) -> Any:
    import torch

    if not isinstance(value, torch.Tensor):
        return str(value) if isinstance(value, float) else value
    first = [str(item) for item in value.reshape(-1)[:_SHOWN].tolist()]
    return first if value.numel() <= _SHOWN else [*first, f"... ({value.numel():,} elements)"]


def _compare(left: Tensor, right: Tensor, tolerance: Tolerance | None) -> tuple[int, int | float | None]:
    """How many elements differ, and by how much at most."""
    import torch

    if left.dtype.is_complex:
        left, right = torch.view_as_real(left).reshape(-1), torch.view_as_real(right).reshape(-1)
    if not left.dtype.is_floating_point:
        differs = left != right
        if not bool(differs.any()) or left.dtype is torch.bool:
            return int(differs.sum()), None
        apart = [abs(one - other) for one, other in zip(left[differs].tolist(), right[differs].tolist(), strict=True)]
        return int(differs.sum()), max(apart)
    # Every smaller float is a double exactly, the sign of a zero included.
    one, other = left.double(), right.double()
    both_nan = one.isnan() & other.isnan()
    apart_floats = (one - other).abs()
    finite = one.isfinite() & other.isfinite()
    if tolerance is None:
        agree = (one == other) & (one.signbit() == other.signbit())
    else:
        agree = torch.where(finite, apart_floats <= tolerance.abs + tolerance.rel * other.abs(), one == other)
    known = apart_floats[~apart_floats.isnan()]
    largest = float(known.max()) if len(known) else None
    differing = int((~(agree | both_nan)).sum())
    return differing, largest if differing or tolerance is not None else None
