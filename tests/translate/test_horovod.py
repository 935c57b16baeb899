"""Horovod train functions: what is edited, and what is refused because it would train something else."""

from __future__ import annotations

import ast
import textwrap
from pathlib import Path

import pytest

from migrate.frontend.project import Project
from migrate.mapping import NotCarried
from migrate.translate.edits import apply
from migrate.translate.horovod import TrainEdits, rewrite_train_function
from migrate.translate.horovod_api import OPERATIONS, RANKS, VALUES
from migrate.translate.locate import functions
from migrate.translate.rendezvous import rendezvous_of

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
    edits = rewrite_train_function(module, project, function, rendezvous_of(function, module, project))
    return apply(text, edits.edits), edits


CARRIED = [
    pytest.param(
        {},
        [
            "optimizer = distributed_optimizer(optimizer)",
            "context = ray.train.get_context()",
            "\n    broadcast_parameters(",
        ],
        id="as the guides have it",
    ),
    pytest.param({"loop": f"if hvd.rank() == 0:\n    {SAVE}"}, ["report_saved({"], id="saved on rank 0"),
    pytest.param({"loop": f"if 0 == hvd.rank():\n    {SAVE}"}, ["report_saved({"], id="the other way round"),
    pytest.param({"loop": f"if not hvd.rank():\n    {SAVE}"}, ["report_saved({"], id="not rank"),
    pytest.param(
        {"before": "rank = hvd.rank()", "loop": f"if rank == 0:\n    {SAVE}"}, ["report_saved({"], id="rank in a name"
    ),
    pytest.param({"loop": "loss = hvd.allreduce(torch.tensor(1.0))"}, ["allreduce(torch.tensor(1.0))"], id="average"),
    pytest.param({"before": "context = 1"}, ["train_context = ray.train.get_context()"], id="a name that is taken"),
    pytest.param(
        {"options": ", op=hvd.Sum, compression=hvd.Compression.fp16 if args.half else hvd.Compression.none"},
        ["optimizer, op=dist.ReduceOp.SUM, compression=torch.float16 if args.half else None)"],
        id="options",
    ),
    pytest.param(
        {"top": "\n\ndef mean(x, name):\n    return hvd.allreduce(x, name=name)\n", "loop": "mean(1, 'n')"},
        ["return allreduce(x)", "mean(1, 'n')"],
        id="a function of the file",
    ),
    pytest.param(
        {
            "top": "\n\nclass Mean:\n    def update(self, x):\n        self.sum += hvd.allreduce(x, op=hvd.Sum)\n",
            "before": "mean = Mean()",
        },
        ["self.sum += allreduce(x, op=dist.ReduceOp.SUM)"],
        id="a method of the file",
    ),
    pytest.param(
        {"loop": "hvd.allreduce(torch.tensor(hvd.size()), average=False, name=f'n{hvd.rank()}')"},
        ["allreduce(torch.tensor(context.get_world_size()), op=dist.ReduceOp.SUM)"],
        id="one inside another",
    ),
    pytest.param({"loop": "hvd.join()"}, ["join_ranks()"], id="join"),
    pytest.param({"loop": "hvd.join(device=0)"}, ["join_ranks()"], id="join on a device"),
    pytest.param({"loop": "hvd.allgather(name='a', tensor=1)"}, ["allgather(tensor=1)"], id="a name in front"),
    pytest.param({"loop": "hvd.barrier()"}, ["dist.barrier()"], id="barrier"),
    pytest.param(
        {"loop": "hvd.allreduce(1, process_set=hvd.global_process_set)"}, ["allreduce(1)"], id="the set of all ranks"
    ),
    pytest.param({"root": "1"}, ["root_rank=1"], id="from another rank"),
]


@pytest.mark.parametrize(("pieces", "expected"), CARRIED)
def test_carried(pieces: dict[str, str], expected: list[str], tmp_path: Path) -> None:
    text, _ = edited(source(**pieces), tmp_path)
    assert [piece for piece in expected if piece not in text] == [], text
    assert "hvd.size" not in text and "hvd.rank" not in text


REFUSED = [
    pytest.param({"options": ", op=hvd.Adasum"}, "hvd.Adasum .* another model", id="Adasum"),
    pytest.param({"options": ", process_set=even"}, "process_set: a process set is a group of ranks", id="a group"),
    pytest.param({"before": "even = hvd.add_process_set([0, 2])"}, "hvd.add_process_set .* group of ranks", id="group"),
    pytest.param({"options": ", sparse_as_dense=True"}, "sparse gradients are not", id="sparse"),
    pytest.param({"before": "net = hvd.SyncBatchNorm(3)"}, "hvd.SyncBatchNorm .* GPUs alone", id="SyncBatchNorm"),
    pytest.param({"before": "hvd.elastic.ElasticSampler(rows)"}, "hvd.elastic.ElasticSampler .* only", id="elastic"),
    pytest.param(
        {"before": "state = hvd.elastic.TorchState(model)\nstate.save()"},
        r"state.save \(line 11\) is not carried over: only commit is",
        id="a state saved by hand",
    ),
    pytest.param(
        {"top": "\n@hvd.elastic.run\ndef fit(held):\n    held.restore()\n", "before": "fit(1)"},
        "held.restore .* only commit is",
        id="a state restored by hand",
    ),
    pytest.param({"loop": "hvd.start_timeline('t')"}, "hvd.start_timeline .* own record", id="timeline"),
    pytest.param({"loop": "hvd.shine()"}, "hvd.shine .* no mapping yet", id="unknown"),
    pytest.param({"loop": "hvd.allreduce(1, True)"}, "not passed by its name", id="average by position"),
    pytest.param({"loop": "hvd.allreduce(1, average=flag)"}, "not a literal", id="average told later"),
    pytest.param({"loop": "hvd.allreduce(*rows)"}, "cannot be told from the source", id="unpacked"),
    pytest.param({"loop": "def later(size=hvd.size()):\n    return size"}, "hvd.size", id="a default value"),
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


LOAD = "if os.path.exists(args.out):\n    model.load_state_dict(torch.load(args.out))"
ON_RANK_0 = f"if hvd.rank() == 0:\n    {SAVE}"


def test_what_is_loaded_again_is_brought_back_before_anything_looks_for_it(tmp_path: Path) -> None:
    text, edits = edited(source(before=LOAD, loop=ON_RANK_0), tmp_path)
    assert edits.resumes and {"report_saved", "restore_saved"} <= edits.helpers
    assert "    restore_saved()\n    model = torch.nn.Linear(2, 1)\n" in text


@pytest.mark.parametrize("pieces", [{"before": LOAD}, {"loop": ON_RANK_0}, {"before": LOAD, "loop": SAVE}])
def test_nothing_is_brought_back_that_is_not_both_reported_and_loaded(pieces: dict[str, str], tmp_path: Path) -> None:
    text, edits = edited(source(**pieces), tmp_path)
    assert not edits.resumes and "restore_saved" not in text


def test_a_load_in_another_function_counts(tmp_path: Path) -> None:
    top = "\n\ndef start(model, path):\n    model.load_state_dict(torch.load(path))\n"
    text, _ = edited(source(top=top, before="start(model, args.out)", loop=ON_RANK_0), tmp_path)
    assert text.index("restore_saved()") < text.index("start(model, args.out)")


@pytest.mark.parametrize("rank", ["dist.get_rank()", 'int(os.environ["RANK"])'])
def test_a_rank_told_by_something_else(rank: str, tmp_path: Path) -> None:
    text, _ = edited(source(top="import torch.distributed as dist\n", loop=f"if {rank} == 0:\n    {SAVE}"), tmp_path)
    assert "report_saved({" in text


ELASTIC = {
    "top": "\n\n@hvd.elastic.run\ndef fit(state):\n    state.commit()\n",
    "after": "fit(hvd.elastic.TorchState(model=model, optimizer=optimizer, epoch=0))",
}


def test_an_elastic_state_keeps_its_name(tmp_path: Path) -> None:
    text, edits = edited(source(**ELASTIC), tmp_path)
    assert "@elastic_run\ndef fit(state):\n    state.commit()" in text
    assert "fit(TorchState(model=model, optimizer=optimizer, epoch=0))" in text
    assert "torch_state" in edits.helpers


def test_where_a_state_is_committed_no_file_takes_its_place(tmp_path: Path) -> None:
    text, edits = edited(source(**ELASTIC, loop=ON_RANK_0), tmp_path)
    assert "report_saved" not in text and edits.notes == []


NOT_REPORTED = [
    pytest.param({"loop": SAVE}, id="on every rank"),
    pytest.param({"loop": f"if epoch > 1:\n    if hvd.rank() == 0:\n        {SAVE}"}, id="under a condition"),
    pytest.param(
        {"loop": 'if hvd.rank() == 0:\n    p = "m"\n    torch.save(model.state_dict(), p)'}, id="a path of rank 0 alone"
    ),
    pytest.param({"loop": f"if epoch == 1:\n    continue\nif hvd.rank() == 0:\n    {SAVE}"}, id="behind a continue"),
    pytest.param(
        {
            "top": f"\n\ndef keep(model, args):\n    if hvd.rank() == 0:\n        {SAVE}\n",
            "loop": "keep(model, args)",
        },
        id="in another function",
    ),
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
    assert {type(statement).__name__ for statement in edits.removed} == {"Import"}


MEETING = """\
import os

import torch
import torch.distributed as dist
from pyspark import BarrierTaskContext


def train(rows):
    barrier = BarrierTaskContext.get()
    tasks = barrier.getTaskInfos()
    rank, size = barrier.partitionId(), len(tasks)
    os.environ["MASTER_ADDR"] = tasks[0].address.split(":")[0]
    ports = barrier.allGather("0")
    os.environ["MASTER_PORT"] = ports[0]
    dist.init_process_group("gloo", rank=rank, world_size=size)
    barrier.barrier()
    total = torch.tensor([float(len(list(rows)))])
    dist.all_reduce(total)
    dist.destroy_process_group()
    return [(rank, BarrierTaskContext.get().partitionId(), total.item() / size)]
"""


def test_a_rendezvous_made_by_hand_falls_away(tmp_path: Path) -> None:
    text, edits = edited(MEETING, tmp_path)
    assert "rank, size = ray.train.get_context().get_world_rank(), ray.train.get_context().get_world_size()" in text
    assert "    dist.barrier()\n" in text
    gone = {ast.unparse(statement).partition("(")[0].partition(" =")[0] for statement in edits.removed}
    places = {"os.environ['MASTER_ADDR']", "os.environ['MASTER_PORT']"}
    assert gone == {"barrier", "tasks", "ports", "dist.init_process_group", "dist.destroy_process_group", *places}


def test_another_use_of_the_meeting_place_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotCarried, match="line 20 uses ports, which comes from the rendezvous"):
        edited(MEETING.replace("    return [(rank", "    return [(ports"), tmp_path)


def test_every_function_that_is_carried_over_ran_on_real_horovod(checkout: Path) -> None:
    text = (checkout / "tests" / "training" / "horovod_combinations.py").read_text(encoding="utf-8")
    attributes = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Attribute))
    ran = {ast.unparse(attribute).removeprefix("hvd.") for attribute in attributes}
    assert {*OPERATIONS, *RANKS, *VALUES} <= ran
