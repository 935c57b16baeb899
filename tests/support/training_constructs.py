"""A small job for each construct that trains on Spark, by the name that it has in ``docs/training.md``."""

from __future__ import annotations

import textwrap

_HOROVOD = """\
import horovod.spark
import horovod.torch as hvd
import torch
from pyspark.sql import SparkSession


def train(epochs):
    hvd.init()
    torch.manual_seed(0)
    model = torch.nn.Linear(3, 1)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    features = torch.randn(8, 3)
{body}
    hvd.shutdown()
    return float(model.weight.sum())


spark = SparkSession.builder.getOrCreate()
print(horovod.spark.run(train, args=(2,), num_proc=2))
spark.stop()
"""
_FUNCTION = """\
def train(rate):
    dist.init_process_group("gloo")
    total = torch.tensor([rate])
    dist.all_reduce(total)
    dist.destroy_process_group()
    return float(total)
"""


def _job(imports: str, use: str, functions: str = "") -> str:
    """A job that trains in one of Spark's ways in; ``functions`` stand above ``main``."""
    head = f"import torch\nimport torch.distributed as dist\nfrom pyspark.sql import SparkSession\n{imports}\n"
    body = textwrap.indent(f"spark = SparkSession.builder.getOrCreate()\n{use}\nspark.stop()", "    ")
    return f'{head}\n\n{functions or _FUNCTION}\n\ndef main():\n{body}\n\n\nif __name__ == "__main__":\n    main()\n'


def _loop(body: str) -> str:
    """A job whose Horovod function holds these lines."""
    return _HOROVOD.format(body=textwrap.indent(textwrap.dedent(body).strip("\n"), "    "))


def _optimizer(arguments: str) -> str:
    return _loop(
        f"""
        optimizer = hvd.DistributedOptimizer(optimizer, {arguments})
        for _ in range(epochs):
            optimizer.zero_grad()
            model(features).square().mean().backward()
            optimizer.step()
        """
    )


_BARRIER = """\
def train(rows):
    context = BarrierTaskContext.get()
    os.environ["MASTER_ADDR"] = context.getTaskInfos()[0].address.split(":")[0]
    os.environ["MASTER_PORT"] = context.allGather("29400")[0]
    dist.init_process_group("gloo", rank=context.partitionId(), world_size=len(context.getTaskInfos()))
    total = torch.tensor([float(len(list(rows)))])
    dist.all_reduce(total)
    return [float(total)]
"""
_ELASTIC = """\
def train():
    hvd.init()
    model = torch.nn.Linear(3, 1)
    optimizer = hvd.DistributedOptimizer(torch.optim.SGD(model.parameters(), lr=0.1))
    state = hvd.elastic.TorchState(model=model, optimizer=optimizer, epoch=0)

    @hvd.elastic.run
    def fit(state):
        for state.epoch in range(state.epoch, 3):
            state.commit()

    fit(state)
    return float(model.weight.sum())
"""
_KERAS = """\
def train():
    hvd.init()
    model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
    model.compile(optimizer=hvd.DistributedOptimizer(tf.keras.optimizers.SGD(0.1 * hvd.size())), loss="mse")
    model.fit([[1.0]], [1.0], callbacks=[hvd.callbacks.BroadcastGlobalVariablesCallback(0)])
    return model.get_weights()
"""
_PETASTORM = """\
def train(url):
    hvd.init()
    with make_batch_reader(url, num_epochs=1, cur_shard=hvd.rank(), shard_count=hvd.size()) as reader:
        return sum(len(batch.a) for batch in reader)
"""
_CONVERTER = """\
def train():
    hvd.init()
    with converter.make_torch_dataloader(batch_size=8, num_epochs=1) as loader:
        return sum(len(batch["a"]) for batch in loader)
"""
_TENSORFLOW = """\
def train():
    import tensorflow as tf

    model = tf.keras.Sequential([tf.keras.layers.Dense(1)])
    model.compile(optimizer="sgd", loss="mse")
    model.fit([[1.0]], [1.0])
    return model.get_weights()
"""
_TORCH = "from pyspark.ml.torch.distributor import TorchDistributor"
_DEEPSPEED = "from pyspark.ml.deepspeed.deepspeed_distributor import DeepspeedTorchDistributor"
_FRAME = 'frame = spark.read.parquet("train.parquet")\n'

WAYS_IN = {
    "`rdd.barrier().mapPartitions` over `torch.distributed`": _job(
        "import os\nfrom pyspark import BarrierTaskContext",
        f'{_FRAME}print(frame.repartition(2, "a").rdd.barrier().mapPartitions(train).collect())',
        _BARRIER,
    ),
    "`horovod.spark.run`": _job(
        "import horovod.spark\nimport horovod.torch as hvd",
        "print(horovod.spark.run(train, num_proc=2))",
        "def train():\n    hvd.init()\n    return hvd.rank()\n",
    ),
    "`horovod.spark.run_elastic`": _job(
        "import horovod.spark\nimport horovod.torch as hvd",
        "print(horovod.spark.run_elastic(train, num_proc=2, min_num_proc=1))",
        _ELASTIC,
    ),
    "`sparkdl.HorovodRunner(np=2)`": _job(
        "from sparkdl import HorovodRunner", "print(HorovodRunner(np=2).run(train, rate=0.1))"
    ),
    "`sparkdl.HorovodRunner(np=-1)`": _job(
        "from sparkdl import HorovodRunner", "print(HorovodRunner(np=-1).run(train, rate=0.1))"
    ),
    "`TorchDistributor.run` of a function": _job(_TORCH, "print(TorchDistributor(2, True, False).run(train, 0.1))"),
    "`TorchDistributor.run` of a script": _job(_TORCH, 'TorchDistributor(2, True, False).run("fit.py", 0.1)'),
    "`DeepspeedTorchDistributor.run`": _job(
        _DEEPSPEED, "DeepspeedTorchDistributor(numGpus=2, localMode=True, deepspeedConfig={}).run(train, 0.1)"
    ),
    "`MirroredStrategyRunner.run`": _job(
        "from spark_tensorflow_distributor import MirroredStrategyRunner",
        "print(MirroredStrategyRunner(num_slots=2, use_gpu=False).run(train))",
        _TENSORFLOW,
    ),
    "Keras in `horovod.spark.run`": _job(
        "import horovod.spark\nimport horovod.tensorflow.keras as hvd\nimport tensorflow as tf",
        "print(horovod.spark.run(train, num_proc=2))",
        _KERAS,
    ),
    "Horovod's `TorchEstimator`": _job(
        "from horovod.spark.common.store import LocalStore\nfrom horovod.spark.torch import TorchEstimator",
        f"""{_FRAME}model = torch.nn.Linear(1, 1)
estimator = TorchEstimator(
    num_proc=2,
    store=LocalStore("store"),
    model=model,
    optimizer=torch.optim.SGD(model.parameters(), lr=0.1),
    loss=torch.nn.MSELoss(),
    feature_cols=["a"],
    label_cols=["y"],
    batch_size=8,
    epochs=2,
)
estimator.fit(frame).transform(frame).write.parquet("predicted")""",
    ),
    "Horovod's Lightning `TorchEstimator`": _job(
        "from horovod.spark.common.store import LocalStore\nfrom horovod.spark.lightning import TorchEstimator",
        f'{_FRAME}TorchEstimator(num_proc=2, store=LocalStore("store"), model=None).fit(frame)',
    ),
    "Horovod's `KerasEstimator`": _job(
        "from horovod.spark.common.store import LocalStore\nfrom horovod.spark.keras import KerasEstimator",
        f'{_FRAME}KerasEstimator(num_proc=2, store=LocalStore("store"), model=None).fit(frame)',
    ),
    "`SparkXGBClassifier`": _job(
        "from xgboost.spark import SparkXGBClassifier",
        f'{_FRAME}SparkXGBClassifier(features_col=["a"], label_col="y").fit(frame).transform(frame).show()',
    ),
    "`SparkXGBRegressor`": _job(
        "from xgboost.spark import SparkXGBRegressor",
        f'{_FRAME}SparkXGBRegressor(features_col="f", label_col="y").fit(frame).transform(frame).show()',
    ),
    "`SparkXGBRanker`": _job(
        "from xgboost.spark import SparkXGBRanker",
        f'{_FRAME}SparkXGBRanker(features_col="f", label_col="y", qid_col="q").fit(frame).transform(frame).show()',
    ),
    "`SparkXGBClassifier` that draws rows (`subsample`)": _job(
        "from xgboost.spark import SparkXGBClassifier",
        f'{_FRAME}SparkXGBClassifier(features_col="f", label_col="y", subsample=0.5).fit(frame)',
    ),
    "SynapseML's LightGBM": _job(
        "from synapse.ml.lightgbm import LightGBMClassifier",
        f'{_FRAME}LightGBMClassifier(featuresCol="f", labelCol="y").fit(frame).transform(frame).show()',
    ),
    "`petastorm.make_batch_reader`": _job(
        "import horovod.spark\nimport horovod.torch as hvd\nfrom petastorm import make_batch_reader",
        'print(horovod.spark.run(train, args=("file:///data/train",), num_proc=2))',
        _PETASTORM,
    ),
    "`petastorm.make_reader`": _job(
        "import horovod.spark\nimport horovod.torch as hvd\nfrom petastorm import make_reader",
        'print(horovod.spark.run(train, args=("file:///data/train",), num_proc=2))',
        _PETASTORM.replace("make_batch_reader", "make_reader"),
    ),
    "`petastorm.spark.make_spark_converter`": "\n".join(
        [
            "import horovod.spark",
            "import horovod.torch as hvd",
            "from petastorm.spark import make_spark_converter",
            "from pyspark.sql import SparkSession",
            "",
            "spark = SparkSession.builder.getOrCreate()",
            'converter = make_spark_converter(spark.read.parquet("train.parquet"))',
            "",
            "",
            _CONVERTER,
            "",
            "print(horovod.spark.run(train, num_proc=2))",
            "converter.delete()",
            "",
        ]
    ),
    "TensorFlowOnSpark": _job(
        "from tensorflowonspark import TFCluster",
        "cluster = TFCluster.run(spark.sparkContext, train, None, 2, 0)\ncluster.shutdown()",
        "def train(arguments, context):\n    print(context.task_index)\n",
    ),
}
"""Ways into training: whole jobs."""

LOOPS = {
    "`hvd.rank`, `size`, `local_rank`, `cross_rank`": _loop(
        "print(hvd.rank(), hvd.size(), hvd.local_rank(), hvd.local_size(), hvd.cross_rank(), hvd.cross_size())"
    ),
    "`DistributedOptimizer`, `op=hvd.Average`": _optimizer("named_parameters=model.named_parameters(), op=hvd.Average"),
    "`op=hvd.Sum`": _optimizer("op=hvd.Sum"),
    "`op=hvd.Adasum`": _optimizer("op=hvd.Adasum"),
    "`compression=hvd.Compression.fp16`": _optimizer("compression=hvd.Compression.fp16"),
    "`backward_passes_per_step`": _optimizer("backward_passes_per_step=2"),
    "`gradient_predivide_factor`": _optimizer("gradient_predivide_factor=2.0"),
    "`sparse_as_dense`": _optimizer("sparse_as_dense=True"),
    "process sets": _optimizer("process_set=hvd.add_process_set([0])"),
    "`broadcast_parameters`": _loop("hvd.broadcast_parameters(model.state_dict(), root_rank=0)"),
    "`broadcast_optimizer_state`": _loop("hvd.broadcast_optimizer_state(optimizer, root_rank=0)"),
    "`broadcast_object`": _loop("epochs = hvd.broadcast_object(epochs, root_rank=0)"),
    "`allreduce`": _loop('print(hvd.allreduce(features.sum(), name="sum"))'),
    "`allgather`, `alltoall`, `reducescatter`": _loop(
        "print(hvd.allgather(features), hvd.alltoall(features), hvd.reducescatter(features))"
    ),
    "`grouped_*`": _loop(
        """
        print(hvd.grouped_allreduce([features]), hvd.grouped_allgather([features]))
        print(hvd.grouped_reducescatter([features]))
        """
    ),
    "asynchronous forms, `synchronize`, `poll`": _loop(
        """
        handle = hvd.allreduce_async(features)
        print(hvd.poll(handle), hvd.synchronize(handle))
        """
    ),
    "`sparse_allreduce_async`": _loop("print(hvd.synchronize(hvd.sparse_allreduce_async(features, 'a', hvd.Sum)))"),
    "`join`": _loop("print(hvd.join())"),
    "`SyncBatchNorm`": _loop("model = torch.nn.Sequential(model, hvd.SyncBatchNorm(1))"),
    "`DistributedSampler`": _loop(
        """
        data = torch.utils.data.TensorDataset(features)
        sampler = torch.utils.data.distributed.DistributedSampler(data, num_replicas=hvd.size(), rank=hvd.rank())
        for epoch in range(epochs):
            sampler.set_epoch(epoch)
            print(len(list(torch.utils.data.DataLoader(data, batch_size=2, sampler=sampler))))
        """
    ),
    "`ElasticSampler`": _loop("sampler = hvd.elastic.ElasticSampler([1, 2, 3])"),
    "learning-rate scaling and warm-up": _loop(
        """
        for epoch in range(epochs):
            for group in optimizer.param_groups:
                group["lr"] = 0.1 * hvd.size() * (epoch + 1) / epochs
        """
    ),
    "saving on rank 0": _loop(
        """
        for epoch in range(epochs):
            if hvd.rank() == 0:
                torch.save(model.state_dict(), "model.pt")
        """
    ),
    "TensorBoard on rank 0": _loop(
        """
        from torch.utils.tensorboard import SummaryWriter

        writer = SummaryWriter("logs") if hvd.rank() == 0 else None
        if hvd.rank() == 0:
            writer.add_scalar("loss", 0.5, 1)
        """
    ),
    "MLflow on rank 0": _loop(
        """
        import mlflow

        if hvd.rank() == 0:
            mlflow.log_metric("loss", 0.5)
        """
    ),
    'Lightning\'s `strategy="horovod"`': _loop(
        """
        import pytorch_lightning

        trainer = pytorch_lightning.Trainer(strategy="horovod")
        """
    ),
    "`hvd` under another name": _loop("api = hvd"),
    "timeline (`start_timeline`)": _loop('hvd.start_timeline("timeline.json")'),
    "`hvd.init` with ranks": _loop("hvd.init(comm=[0])"),
    "what Horovod was built with (`nccl_built`, ...)": _loop("print(hvd.nccl_built(), hvd.gloo_enabled())"),
}
"""What a train function holds, inside of ``horovod.spark.run``."""
