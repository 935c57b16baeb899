"""Workers, CPUs and GPUs of an emitted trainer, from what the job says of its Spark cluster."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from migrate.rewrite import Rewrite, rewrite

JOB = """\
import horovod.spark
import horovod.torch as hvd
import torch
from pyspark.sql import SparkSession


def device():
    return {device}


def train(rate):
    hvd.init()
    weight = torch.zeros(1, requires_grad=True{where})
    torch.optim.SGD([weight], lr=rate).step()
    return float(weight)


spark = SparkSession.builder{conf}.getOrCreate()
workers = 4
print(horovod.spark.run(train, args=(0.1,){processes}))
spark.stop()
"""
EITHER = 'torch.device("cuda" if torch.cuda.is_available() else "cpu")'


def _emitted(
    folder: Path, conf: dict[str, str], processes: str = ", num_proc=workers", device: str = "", where: str = ""
) -> str:
    text = "".join(f'.config("{key}", "{value}")' for key, value in conf.items())
    file = folder / "job.py"
    file.write_text(JOB.format(conf=text, processes=processes, device=device or "None", where=where))
    made = rewrite(file, everything=True)
    assert made.files, made.findings
    return made.files[made.run[-1]]


@pytest.mark.parametrize(
    ("conf", "number"),
    [
        ({"spark.default.parallelism": "6"}, 6),
        ({"spark.master": "local[3]"}, 3),
        ({"spark.master": "local"}, 1),
        ({"spark.executor.instances": "4", "spark.executor.cores": "2"}, 8),
    ],
)
def test_without_a_number_there_are_as_many_workers_as_cores(conf: dict[str, str], number: int, tmp_path: Path) -> None:
    assert f"num_workers={number}," in _emitted(tmp_path, conf, processes="")


@pytest.mark.parametrize(
    "conf",
    [
        {},
        {"spark.master": "local[*]"},
        {"spark.executor.instances": "4"},
        {"spark.executor.instances": "4", "spark.executor.cores": "2", "spark.dynamicAllocation.enabled": "true"},
    ],
)
def test_cores_that_are_not_stated_are_not_guessed(conf: dict[str, str], tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="as many workers as Spark has cores"):
        _emitted(tmp_path, conf, processes="")


def test_a_worker_gets_the_cpus_of_a_task(tmp_path: Path) -> None:
    assert '{"CPU": cpus_per_worker(workers)}' in _emitted(tmp_path, {})
    assert '{"CPU": cpus_per_worker(workers, 3)}' in _emitted(tmp_path, {"spark.task.cpus": "3"})


@pytest.mark.parametrize(
    ("device", "where", "conf", "condition"),
    [
        pytest.param("", "", {"spark.task.resource.gpu.amount": "1"}, "False", id="no use of CUDA"),
        pytest.param(EITHER, "", {}, "False", id="in a function that training does not call"),
        pytest.param(EITHER, ", device=device()", {"spark.task.resource.gpu.amount": "1"}, "True", id="GPUs asked for"),
        pytest.param("", ', device="cuda"', {}, "True", id="nothing but CUDA"),
        pytest.param("", ', device="cuda:0"', {"spark.executor.resource.gpu.amount": "0"}, "True", id="CUDA by number"),
        pytest.param(
            EITHER, ", device=device()", {}, 'ray.cluster_resources().get("GPU", 0) >= workers', id="what there is"
        ),
    ],
)
def test_gpus_only_where_the_job_used_them(
    device: str, where: str, conf: dict[str, str], condition: str, tmp_path: Path
) -> None:
    text = _emitted(tmp_path, conf, device=device, where=where)
    if condition in ("False", "True"):
        assert f"use_gpu={condition}," in text and 'cluster_resources().get("GPU"' not in text
    else:
        assert f"use_gpu = {condition}\n" in text and "use_gpu=use_gpu," in text
        assert 'backend="cpu:gloo,cuda:nccl" if use_gpu else "gloo"' in text
    assert ("nccl" in text) == (condition != "False")


def test_ray_is_started_where_the_job_makes_no_session(tmp_path: Path) -> None:
    file = tmp_path / "job.py"
    text = JOB.format(conf="", processes=", num_proc=2", device="None", where="")
    file.write_text(re.sub(r"^(from pyspark|spark).*\n", "", text, flags=re.MULTILINE))
    emitted = rewrite(file, everything=True).files["job_ray.py"]
    assert emitted.count("ray.init()") == 1
    assert emitted.index("ray.init()") < emitted.index("trainer = TorchTrainer(")


SCRIPTED = """\
from pyspark.ml.torch.distributor import TorchDistributor
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
path = "fit.py"
{call}
spark.stop()
"""


def _scripted(folder: Path, call: str, script: str = "import torch\n") -> Rewrite:
    (folder / "fit.py").write_text(script)
    (folder / "job.py").write_text(SCRIPTED.format(call=call))
    return rewrite(folder / "job.py", everything=True)


@pytest.mark.parametrize(
    ("call", "run", "after"),
    [
        ('TorchDistributor(2, True, False).run("fit.py", 0.5)', 'run_script(folder, "fit.py", 0.5)', "trainer.fit()"),
        ("TorchDistributor(2, True, False).run(path)", "run_script(folder, path)", "trainer.fit()"),
        ("TorchDistributor(2, True, False).run(train_object=path)", "run_script(folder, path)", "trainer.fit()"),
        (
            "print(TorchDistributor(2, True, False).run(path))",
            "cloudpickle.dumps(run_script(folder, path))",
            "print(cloudpickle.loads(trainer.fit().return_value))",
        ),
    ],
)
def test_a_script_is_run_from_the_folder_of_the_job(call: str, run: str, after: str, tmp_path: Path) -> None:
    emitted = _scripted(tmp_path, call).files["job_ray.py"]
    assert f"lambda: {run}," in emitted
    assert after in emitted.splitlines()
    assert "folder = os.getcwd()" in emitted.splitlines()


def test_on_executors_a_script_is_tried_as_often_as_a_barrier_stage(tmp_path: Path) -> None:
    emitted = _scripted(tmp_path, "TorchDistributor(2, False, False).run(path)").files["job_ray.py"]
    assert "FailureConfig(max_failures=3)" in emitted


@pytest.mark.parametrize(
    ("call", "script", "sentence"),
    [
        ("TorchDistributor(2, True, False).run(path)", "import os\nimport pyspark\n", "imports pyspark (line 2)"),
        ("TorchDistributor(2, True, False).run(path, rate=1)", "", "passes a script no arguments by name"),
        ("TorchDistributor(2, True, False).run(path, 1 + 1)", "", "1 + 1 of the train function is computed"),
    ],
)
def test_a_script_that_cannot_be_run_elsewhere_stays(call: str, script: str, sentence: str, tmp_path: Path) -> None:
    made = _scripted(tmp_path, call, script)
    assert not made.files
    assert any(sentence in finding.message for finding in made.findings)
