"""Weights, metrics and text files: the same answer as for tables."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from migrate.errors import MigrateError
from migrate.oracle import Options, Status, Tolerance, Verdict
from migrate.oracle.artifacts import compare_metrics, compare_text, compare_torch

torch = pytest.importorskip("torch", reason="weights are compared with torch")


def state() -> dict[str, Any]:
    torch.manual_seed(0)
    return {
        "model": {
            "conv.weight": torch.randn(2, 3),
            "bias": torch.tensor([0.0, math.nan]),
            "half": torch.ones(3).half(),
        },
        "steps": torch.tensor([1, 2**53 + 1]),
        "flags": torch.tensor([True, False]),
        "brain": torch.ones(2, dtype=torch.bfloat16),
        "epoch": 3,
        "rate": 0.1,
        "name": "sgd",
        "groups": [{"lr": 0.1, "params": [0, 1]}],
    }


def changed(path: str, change: Callable[[Any], Any]) -> Callable[[dict[str, Any]], None]:
    *folders, last = path.split("/")

    def apply(entries: dict[str, Any]) -> None:
        for folder in folders:
            entries = entries[folder]
        entries[last] = change(entries[last])

    return apply


def one_more(place: int, by: float) -> Callable[[Any], Any]:
    def change(tensor: Any) -> Any:
        tensor = tensor.clone()
        tensor.view(-1)[place] += by
        return tensor

    return change


DAMAGE = [
    ("one element", changed("model/conv.weight", one_more(4, 1e-3)), "model.conv.weight", Status.VALUE, 1),
    ("one integer", changed("steps", one_more(1, -1)), "steps", Status.VALUE, 1),
    ("a flag", changed("flags", lambda t: ~t), "flags", Status.VALUE, 2),
    ("NaN becomes 0", changed("model/bias", lambda t: t.nan_to_num()), "model.bias", Status.VALUE, 1),
    ("0.0 becomes -0.0", changed("model/bias", lambda t: -t), "model.bias", Status.VALUE, 1),
    ("another shape", changed("model/conv.weight", lambda t: t.reshape(3, 2)), "model.conv.weight", Status.TYPE, 0),
    ("another dtype", changed("model/conv.weight", lambda t: t.double()), "model.conv.weight", Status.TYPE, 0),
    ("another number", changed("epoch", lambda n: n + 1), "epoch", Status.VALUE, 1),
    ("another float", changed("rate", lambda x: x * 2), "rate", Status.VALUE, 1),
    ("another text", changed("name", lambda s: "adam"), "name", Status.VALUE, 1),
    ("half by a bit", changed("model/half", one_more(0, 1e-3)), "model.half", Status.VALUE, 1),
    ("bfloat16 by a bit", changed("brain", one_more(0, 1e-2)), "brain", Status.VALUE, 1),
    ("an entry lost", lambda entries: entries.pop("epoch"), "epoch", Status.MISSING, 0),
]


def save(folder: Path, *damage: Callable[[dict[str, Any]], object]) -> tuple[Path, Path]:
    left, right = state(), state()
    for change in damage:
        change(right)
    torch.save(left, folder / "left.pt")
    torch.save(right, folder / "right.pt")
    return folder / "left.pt", folder / "right.pt"


@pytest.mark.parametrize(("name", "damage", "entry", "status", "count"), DAMAGE, ids=[row[0] for row in DAMAGE])
def test_damaged_weights(
    name: str,
    damage: Callable[[dict[str, Any]], object],
    entry: str,
    status: Status,
    count: int,
    tmp_path: Path,
    checkout: Path,
) -> None:
    found = compare_torch(*save(tmp_path, damage), Options())
    assert found.verdict is Verdict.DIFFERENT
    differing = {column.name: column for column in found.columns if column.status is not Status.EQUAL}
    assert set(differing) == {entry} and differing[entry].status is status
    assert status is Status.MISSING or differing[entry].mismatched == count
    schema = json.loads((checkout / "migrate" / "schemas" / "compare.schema.json").read_text())
    jsonschema.Draft202012Validator(schema).validate(json.loads(json.dumps(found.to_json(), allow_nan=False)))


def test_the_same_weights_saved_again_are_equal(tmp_path: Path) -> None:
    found = compare_torch(*save(tmp_path, lambda entries: entries.update(epoch=entries.pop("epoch"))), Options())
    assert found.verdict is Verdict.EQUAL and found.rows_left == found.rows_right == 12


def test_a_tolerance_reaches_floating_point_elements_only(tmp_path: Path) -> None:
    sides = save(tmp_path, changed("model/conv.weight", one_more(0, 1e-3)))
    assert compare_torch(*sides, Options(tolerances={"*": Tolerance(abs=1e-2)})).verdict is Verdict.EQUAL
    assert (
        compare_torch(*sides, Options(tolerances={"model.conv.weight": Tolerance(abs=1e-2)})).verdict is Verdict.EQUAL
    )
    assert compare_torch(*sides, Options(tolerances={"*": Tolerance(abs=1e-4)})).verdict is Verdict.DIFFERENT
    sides = save(tmp_path, changed("steps", one_more(0, 1)))
    assert compare_torch(*sides, Options(tolerances={"*": Tolerance(abs=9)})).verdict is Verdict.DIFFERENT


def test_an_entry_can_be_left_out(tmp_path: Path) -> None:
    sides = save(tmp_path, changed("epoch", lambda n: 9))
    assert compare_torch(*sides, Options(ignore=("epoch",))).verdict is Verdict.EQUAL


@pytest.mark.parametrize("damage", ["missing", "empty", "cut", "other objects"])
def test_weights_that_cannot_be_read(damage: str, tmp_path: Path) -> None:
    left, right = save(tmp_path)
    if damage == "missing":
        right.unlink()
    elif damage == "other objects":
        torch.save({"model": torch.nn.Linear(1, 1)}, right)
    else:
        right.write_bytes(b"" if damage == "empty" else right.read_bytes()[:400])
    with pytest.raises(MigrateError, match=r"right\.pt"):
        compare_torch(left, right, Options())


def test_weights_that_cannot_be_compared(tmp_path: Path) -> None:
    torch.save({"w": torch.eye(2).to_sparse()}, tmp_path / "a.pt")
    with pytest.raises(MigrateError, match="sparse"):
        compare_torch(tmp_path / "a.pt", tmp_path / "a.pt", Options())


METRICS = {"loss": 0.5, "best": {"epoch": 2, "accuracy": 0.75}, "history": [{"loss": 1.5}, {"loss": 0.5}], "note": None}


def metrics(folder: Path, right: Any, options: Options | None = None) -> Any:
    for name, document in (("left", METRICS), ("right", right)):
        (folder / f"{name}.json").write_text(json.dumps(document))
    return compare_metrics(folder / "left.json", folder / "right.json", options or Options())


def within(name: str, abs: float) -> Options:
    return Options(tolerances={name: Tolerance(abs)})


@pytest.mark.parametrize(
    ("change", "options", "differing"),
    [
        ({}, Options(), []),
        ({"loss": 0.625}, Options(), ["loss"]),
        ({"loss": 0.625}, within("*", 0.125), []),
        ({"loss": 0.625}, within("loss", 0.125), []),
        ({"loss": 0.75}, within("loss", 0.125), ["loss"]),
        ({"loss": "0.5"}, within("*", 9), ["loss"]),
        ({"loss": None}, within("*", 9), ["loss"]),
        ({"loss": math.nan}, within("*", 9), ["loss"]),
        ({"loss": math.inf}, within("*", 9), ["loss"]),
        ({"best": {"epoch": 3, "accuracy": 0.75}}, within("*", 9), ["best.epoch"]),
        ({"best": {"epoch": 2.0, "accuracy": 0.75}}, Options(), ["best.epoch"]),
        ({"best": {"epoch": 2.0, "accuracy": 0.75}}, within("*", 0), []),
        ({"history": [{"loss": 1.5}, {"loss": 0.625}]}, Options(), ["history[1].loss"]),
        ({"history": [{"loss": 1.5}, {"loss": 0.625}]}, within("history[*].loss", 0.125), []),
        ({"history": [{"loss": 1.5}, {"loss": 0.625}]}, within("history[0].loss", 0.125), ["history[1].loss"]),
        ({"history": [{"loss": 1.5}]}, Options(), ["history[1].loss"]),
        ({"history": []}, Options(), ["history[0].loss", "history[1].loss", "history"]),
        ({"note": False}, Options(), ["note"]),
        ({"more": 1}, Options(), ["more"]),
        ({"loss": 9.0}, Options(ignore=("loss",)), []),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else None,
)
def test_metrics(change: dict[str, Any], options: Options, differing: list[str], tmp_path: Path) -> None:
    found = metrics(tmp_path, {**METRICS, **change}, options)
    assert [column.name for column in found.columns if column.status is not Status.EQUAL] == differing
    assert found.verdict is (Verdict.DIFFERENT if differing else Verdict.EQUAL)


def test_metrics_that_cannot_be_read(tmp_path: Path) -> None:
    good = tmp_path / "good.json"
    good.write_text("{}")
    for name, content in (
        ("cut.json", '{"a": '),
        ("twice.json", '{"a": 1, "a": 2}'),
        ("dots.json", '{"a.b": 1, "a": {"b": 2}}'),
    ):
        (tmp_path / name).write_text(content)
        with pytest.raises(MigrateError, match=name):
            compare_metrics(good, tmp_path / name, Options())
    with pytest.raises(MigrateError, match="gone"):
        compare_metrics(good, tmp_path / "gone.json", Options())
    with pytest.raises(MigrateError, match="nope"):
        compare_metrics(good, good, within("nope", 1))


def test_a_metrics_file_is_never_equal_for_want_of_values(tmp_path: Path) -> None:
    (tmp_path / "a.pt").touch()
    torch.save({}, tmp_path / "a.pt")
    found = compare_torch(tmp_path / "a.pt", tmp_path / "a.pt", Options())
    assert found.verdict is Verdict.INCONCLUSIVE and found.notes


def test_text_lines(tmp_path: Path) -> None:
    left, right = tmp_path / "left.log", tmp_path / "right.log"
    left.write_text("a\nb\nb\n")
    right.write_text("b\na\nb")
    assert compare_text(left, right, Options()).verdict is Verdict.EQUAL
    assert compare_text(left, right, Options(ordered=True)).changed == 2
    right.write_text("b\na\n")
    assert compare_text(left, right, Options()).only_left == 1
