"""Asks the oracle about a declared output of two side runs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from migrate.errors import MigrateError
from migrate.parity.outputs import output_path
from migrate.parity.spec import Allowance, Format, Output

if TYPE_CHECKING:
    from migrate.oracle import Comparison, Options


@dataclass(frozen=True)
class Question:
    """What is asked about an output beyond its declaration: columns to leave out, tolerances that take precedence."""

    ignore: Collection[str] = ()
    loosened: Mapping[str, Allowance] = field(default_factory=dict)


AS_DECLARED = Question()
Answer = dict[str, Any]


def ask(output: Output, left: Path, right: Path, names: tuple[str, str], question: Question = AS_DECLARED) -> Answer:
    """The oracle's document about ``output`` under two output folders. Raises MigrateError where one can't be read."""
    from migrate.oracle import Options, Tolerance

    tolerances = {**output.tolerances, **question.loosened}
    options = Options(
        keys=output.keys,
        ordered=output.ordered,
        tolerances={name: Tolerance(abs=each.abs, rel=each.rel) for name, each in tolerances.items()},
        ignore=[*output.ignore, *question.ignore],
        allow_empty=output.allow_empty,
        names=names,
    )
    paths = (_path(output, folder, name) for folder, name in zip((left, right), names, strict=True))
    return _compare(output.format, next(paths), next(paths), options).to_json()


def _path(output: Output, folder: Path, name: str) -> Path:
    path = output_path(folder, output.path)
    if path is None:
        raise MigrateError(f"The output `{output.path}` of the {name} side is gone.")
    return path


def _compare(format_: Format, left: Path, right: Path, options: Options) -> Comparison:
    if format_ is Format.BYTES:
        from migrate.parity import blobs

        return blobs.compare(left, right, options)
    if format_ in {Format.TORCH, Format.METRICS, Format.TEXT}:
        from migrate.oracle.artifacts import compare_metrics, compare_text, compare_torch

        ask = {Format.TORCH: compare_torch, Format.METRICS: compare_metrics, Format.TEXT: compare_text}[format_]
        return ask(left, right, options)
    from migrate.oracle import compare

    return compare(left, right, options, format=format_.value)
