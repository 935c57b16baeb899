"""Horovod train functions: what is edited, and what is refused because it would train something else."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from migrate.frontend.project import Project
from migrate.mapping import NotCarried
from migrate.translate.edits import apply
from migrate.translate.horovod import TrainEdits, rewrite_train_function
from migrate.translate.locate import functions
from migrate.translate.rendezvous import rendezvous_statements

JOB = """\
import os

import horovod.torch as hvd
import torch
{top}

def train(rows, args{parameter}):
    hvd.init()
    model = torch.nn.Linear(2, 1)
{before}
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1 * hvd.size())
    optimizer = hvd.DistributedOptimizer(optimizer, named_parameters=model.named_parameters(){options})
{between}
    hvd.broadcast_parameters(model.state_dict(), root_rank={root})
    for epoch in range(3):
        for row in rows:
            model(torch.tensor(row["a"])).sum().backward()
            optimizer.step()
{loop}
{after}
    return [1]
"""
SAVE = 'torch.save(model.state_dict(), os.path.join(args.out, "m.pt"))'


def source(**pieces: str) -> str:
    depth = {"before": 4, "between": 4, "loop": 8, "after": 4}
    known = {"top": "", "parameter": "", "options": "", "root": "0", **dict.fromkeys(depth, "")}
    known |= {name: textwrap.indent(text, " " * depth.get(name, 0)) for name, text in pieces.items()}
    return JOB.format(**known)


def edited(text: str, folder: Path) -> tuple[str, TrainEdits]:
    (folder / "job.py").write_text(text, encoding="utf-8")
    project = Project(folder)
    module = project.module("job.py")
    assert module is not None
    function = functions(module)["train"]
    edits = rewrite_train_function(module, project, function, rendezvous_statements(function, module, project))
    return apply(text, edits.edits), edits


CARRIED = [
    pytest.param(
        {}, ["model = prepare_model(model, ", "context = ray.train.get_context()"], id="as the guides have it"
    ),
    pytest.param({"loop": f"if hvd.rank() == 0:\n    {SAVE}"}, ["report_saved({"], id="saved on rank 0"),
    pytest.param({"loop": f"if 0 == hvd.rank():\n    {SAVE}"}, ["report_saved({"], id="the other way round"),
    pytest.param({"loop": f"if not hvd.rank():\n    {SAVE}"}, ["report_saved({"], id="not rank"),
    pytest.param(
        {"before": "rank = hvd.rank()", "loop": f"if rank == 0:\n    {SAVE}"}, ["report_saved({"], id="rank in a name"
    ),
    pytest.param({"loop": SAVE}, ["unwrapped(model).state_dict()"], id="keys stay as they were"),
    pytest.param({"loop": "loss = hvd.allreduce(torch.tensor(1.0))"}, ["allreduce(torch.tensor(1.0))"], id="average"),
    pytest.param({"before": "context = 1"}, ["train_context = ray.train.get_context()"], id="a name that is taken"),
    pytest.param(
        {"top": "\n\ndef score(net, x):\n    net.eval()\n    return net(x)\n", "loop": "score(model, 1)"},
        ["score(model, 1)"],
        id="a helper that only calls it",
    ),
    pytest.param({"loop": "print(model)"}, ["print(model)"], id="a look at it"),
]


@pytest.mark.parametrize(("pieces", "expected"), CARRIED)
def test_carried(pieces: dict[str, str], expected: list[str], tmp_path: Path) -> None:
    text, _ = edited(source(**pieces), tmp_path)
    assert [piece for piece in expected if piece not in text] == [], text
    assert "hvd.size" not in text and "hvd.rank" not in text


REFUSED = [
    pytest.param({"before": "net = model"}, "line 10 .*keeps model under another name", id="an alias"),
    pytest.param({"loop": "model.encode(1)"}, "uses model.encode", id="a method of the user's own"),
    pytest.param({"loop": 'torch.save(model, "m.pt")'}, "gives model to torch.save", id="the whole network saved"),
    pytest.param(
        {"top": "\n\ndef save(net):\n    torch.save(net.state_dict(), 'm')\n", "loop": "save(model)"},
        "uses net.state_dict",
        id="a helper that takes its state",
    ),
    pytest.param(
        {"top": "\n\ndef mean(x):\n    return hvd.allreduce(x)\n", "loop": "mean(1)"},
        "mean, which line",
        id="a helper's hvd",
    ),
    pytest.param({"loop": "hvd.allreduce_(torch.tensor(1.0))"}, "hvd.allreduce_ .* is not mapped", id="in place"),
    pytest.param({"loop": "hvd.allgather(torch.tensor(1.0))"}, "hvd.allgather .* is not mapped", id="allgather"),
    pytest.param({"before": "c = hvd.Compression.fp16"}, "hvd.Compression.fp16", id="a name, not a call"),
    pytest.param({"options": ", op=hvd.Adasum"}, "with op is not mapped", id="Adasum"),
    pytest.param({"options": ", backward_passes_per_step=2"}, "backward_passes_per_step", id="several passes"),
    pytest.param({"root": "1"}, "is not from rank 0", id="broadcast from another rank"),
    pytest.param({"between": "model.load_state_dict(1)"}, "between hvd.DistributedOptimizer", id="loaded in between"),
    pytest.param({"loop": "optimizer.synchronize()"}, "optimizer.synchronize", id="Horovod's own method"),
    pytest.param(
        {"after": "other = hvd.DistributedOptimizer(optimizer)"}, "more than one hvd.DistributedOptimizer", id="two"
    ),
    pytest.param(
        {"after": 'hvd.broadcast_parameters({"a": 1}, root_rank=0)'},
        "sends more or other",
        id="broadcast of another thing",
    ),
    pytest.param(
        {
            "top": '\n\ndef meet(place):\n    os.environ["HOROVOD_RANK"] = place\n',
            "parameter": ", place=None",
            "before": "meet(place)",
        },
        "has a default",
        id="a parameter of the rendezvous with a default",
    ),
]


@pytest.mark.parametrize(("pieces", "sentence"), REFUSED)
def test_refused(pieces: dict[str, str], sentence: str, tmp_path: Path) -> None:
    with pytest.raises(NotCarried, match=sentence):
        edited(source(**pieces), tmp_path)


NOT_REPORTED = [
    pytest.param({"loop": SAVE}, id="on every rank"),
    pytest.param({"loop": f"if epoch > 1:\n    if hvd.rank() == 0:\n        {SAVE}"}, id="under a condition"),
    pytest.param(
        {"loop": 'if hvd.rank() == 0:\n    p = "m"\n    torch.save(model.state_dict(), p)'}, id="a path of rank 0 alone"
    ),
    pytest.param({"loop": f"if epoch == 1:\n    continue\nif hvd.rank() == 0:\n    {SAVE}"}, id="behind a continue"),
]


@pytest.mark.parametrize("pieces", NOT_REPORTED)
def test_a_save_that_not_all_ranks_pass_is_noted(pieces: dict[str, str], tmp_path: Path) -> None:
    text, edits = edited(source(**pieces), tmp_path)
    assert "report_saved" not in text
    assert len(edits.notes) == 1 and "is not reported to Ray Train" in edits.notes[0]


def test_imports_of_horovod_inside_the_function_go(tmp_path: Path) -> None:
    text = source().replace("import horovod.torch as hvd\n", "")
    text = text.replace("    hvd.init()", "    import horovod.torch as hvd\n\n    hvd.init()")
    _, edits = edited(text, tmp_path)
    assert {type(statement).__name__ for statement in edits.removed} == {"Import", "Expr"}
