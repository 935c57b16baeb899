"""The rules of launchers of distributed training."""

from __future__ import annotations

from migrate.findings import Severity
from migrate.ir import HeavyKind
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR701",
        name="barrier-stage",
        matches=(
            "`rdd.barrier().mapPartitions(train)`: all tasks of the stage start together and may wait for each other."
        ),
        why=(
            "The way to run MPI-like training on Spark. Preprocessing has to end before training starts; a failed "
            "task restarts the whole stage; between epochs the executors' memory holds data the JVM no longer "
            "uses."
        ),
        do=(
            "`TorchTrainer` with as many workers as the barrier has tasks, fed by `get_dataset_shard`: reading, "
            "preprocessing and training overlap. The wrapper code that exchanges addresses goes."
        ),
        before="weights = df.rdd.barrier().mapPartitions(train).collect()",
        after="""\
trainer = TorchTrainer(
    train_loop,
    scaling_config=ScalingConfig(num_workers=2),
    datasets={"train": ds},
)
result = trainer.fit()""",
        differences=(
            (
                "Ray's default shards are equal in size: of 101 rows on two workers one row is dropped in each "
                "epoch, and 1 row leaves both workers empty. A barrier stage keeps every row."
            ),
            "Which rows a worker sees may change between epochs unless the order is preserved.",
            "Ray needs a logical core beyond those of the workers to read data; without one the job waits for ever.",
        ),
        symbols=("RDDBarrier.mapPartitions", "RDDBarrier.mapPartitionsWithIndex", "RDD.barrier"),
        heavy=(HeavyKind.BARRIER,),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR702",
        name="horovod-run",
        matches="`horovod.spark.run(train, num_proc=n)`.",
        why=(
            "A Spark job that holds n executors for as long as training runs, whose data usually comes from files "
            "that another Spark step wrote."
        ),
        do=("`TorchTrainer` with `num_workers=n`; the train function's Horovod calls are replaced (SR722 to SR727)."),
        before="horovod.spark.run(train, args=(path,), num_proc=4)",
        after="""\
TorchTrainer(train_loop, train_loop_config={"path": path}, scaling_config=ScalingConfig(num_workers=4)).fit()""",
        differences=(
            "The results of all ranks come back from `horovod.spark.run`; the emitted job gathers them on every rank.",
            "There is no Horovod trainer in today's Ray Train: its constructor raises.",
        ),
        symbols=("horovod.spark.run", "horovod.spark.run_elastic", "horovod.spark.runner.run"),
        heavy=(HeavyKind.HOROVOD_RUN,),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR703",
        name="horovod-estimator",
        matches="Horovod's Spark estimators: `TorchEstimator`, `KerasEstimator`, the Lightning one.",
        why=(
            "`fit(df)` writes the whole frame to Parquet in a `Store`, then trains from it through petastorm, "
            "which no longer imports with today's PyArrow."
        ),
        do=(
            "Keep the Parquet as the hand-off and feed `TorchTrainer` from `ray.data.read_parquet`. Loss, "
            "optimiser and batch size are the estimator's arguments."
        ),
        before="""\
TorchEstimator(store=store, model=net, optimizer=opt, loss=loss, batch_size=64, epochs=3, num_proc=4).fit(df)""",
        after="""\
ds = ray.data.read_parquet("handoff")
TorchTrainer(train_loop, datasets={"train": ds}, scaling_config=ScalingConfig(num_workers=4)).fit()""",
        symbols=(
            "TorchEstimator.fit",
            "KerasEstimator.fit",
            "horovod.spark.torch.TorchEstimator",
            "horovod.spark.keras.KerasEstimator",
            "horovod.spark.lightning.TorchEstimator",
        ),
        heavy=(HeavyKind.HOROVOD_ESTIMATOR,),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR704",
        name="horovod-runner",
        matches="Databricks' `HorovodRunner(np=n).run(train)`.",
        why="It exists on Databricks alone, and is deprecated there.",
        do="As for SR702.",
        before='HorovodRunner(np=4).run(train, path="/dbfs/train")',
        after="""\
config = {"path": "/dbfs/train"}
TorchTrainer(train_loop, train_loop_config=config, scaling_config=ScalingConfig(num_workers=4)).fit()""",
        differences=("`np=-1` trains on the driver alone; it becomes one worker.",),
        symbols=("HorovodRunner.run", "sparkdl.HorovodRunner", "HorovodRunner"),
        heavy=(HeavyKind.HOROVOD_RUNNER,),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR705",
        name="torch-distributor",
        matches="`TorchDistributor(num_processes=n).run(train, ...)`.",
        why="Spark starts the processes and otherwise stays out of the way: data has to come from files.",
        do=(
            "`TorchTrainer`; the train function is already plain `torch.distributed`. A script that `run` gets by its "
            "path stays as it is, and each worker runs it in a process of its own, as `torchrun` does."
        ),
        before="TorchDistributor(num_processes=4, local_mode=False, use_gpu=True).run(train, lr)",
        after="""\
scaling = ScalingConfig(num_workers=4, use_gpu=True)
TorchTrainer(train_loop, train_loop_config={"lr": lr}, scaling_config=scaling).fit()""",
        differences=(
            "Weights after training were identical in all four cases tried, local mode and executors.",
            "`run` returns rank 0's return value, which is the `return_value` of what `fit()` gives.",
            "Ray Train sets up the process group; a second `init_process_group` raises, so the calls go.",
            (
                "On executors `LOCAL_RANK` is 0 in every process, each of which sees its own GPU alone; Ray's workers "
                "of one machine see all of its GPUs and count from 0."
            ),
        ),
        symbols=("TorchDistributor.run", "TorchDistributor", "pyspark.ml.torch.distributor.TorchDistributor"),
        heavy=(HeavyKind.TORCH_DISTRIBUTOR,),
    ),
    Rule(
        code="SR706",
        name="deepspeed-distributor",
        matches="`DeepspeedTorchDistributor(numGpus, nnodes, ...).run(train)`.",
        why="DeepSpeed shards model and optimiser over GPUs; Spark only launches it.",
        do="`TorchTrainer` with `deepspeed.initialize` inside the train function. Needs GPUs to be tried.",
        before='DeepspeedTorchDistributor(numGpus=4, nnodes=2, deepspeedConfig=config).run("train.py")',
        symbols=("DeepspeedTorchDistributor.run", "DeepspeedTorchDistributor"),
        heavy=(HeavyKind.TORCH_DISTRIBUTOR,),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR707",
        name="tensorflow-distributor",
        matches="`spark_tensorflow_distributor.MirroredStrategyRunner(num_slots=n).run(train)`.",
        why="It builds a TensorFlow cluster out of a barrier stage. The project has had no release for years.",
        do=("`ray.train.tensorflow.TensorflowTrainer` with `MultiWorkerMirroredStrategy` in the train function."),
        before="MirroredStrategyRunner(num_slots=4).run(train)",
        after="TensorflowTrainer(train_loop, scaling_config=ScalingConfig(num_workers=4)).fit()",
        symbols=("MirroredStrategyRunner.run", "MirroredStrategyRunner"),
        heavy=(HeavyKind.TF_DISTRIBUTOR,),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR708",
        name="tensorflow-on-spark",
        matches="TensorFlowOnSpark: `TFCluster.run(sc, main, args, n, ...)`, its estimator and `TFParallel`.",
        why=("Feeds RDD partitions through queues into TensorFlow processes; the project is no longer maintained."),
        do=(
            "`TensorflowTrainer` fed by Ray Data (`iter_tf_batches`). `InputMode.TENSORFLOW` jobs read files "
            "already and move more easily."
        ),
        before="""\
cluster = TFCluster.run(sc, main_fun, args, 4, 1, input_mode=TFCluster.InputMode.SPARK)
cluster.train(rdd)""",
        after="""\
TensorflowTrainer(train_loop, datasets={"train": ds}, scaling_config=ScalingConfig(num_workers=4)).fit()""",
        symbols=(
            "TFCluster.run",
            "tensorflowonspark.TFCluster.run",
            "TFEstimator.fit",
            "TFParallel.run",
            "dfutil.loadTFRecords",
        ),
        heavy=(HeavyKind.TFOS_CLUSTER,),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR709",
        name="petastorm-reader",
        matches=(
            "`make_reader`, `make_batch_reader`, `materialize_dataset`: training data as Parquet, read by petastorm."
        ),
        why=(
            "petastorm 0.13.1 does not import with today's PyArrow, which pins the whole environment to old versions."
        ),
        do="`ray.data.read_parquet` and `iter_torch_batches` in the train function.",
        before="""\
with make_batch_reader("file:///features", num_epochs=3) as reader:
    for batch in DataLoader(reader, batch_size=64):
        step(batch)""",
        after="""\
shard = ray.train.get_dataset_shard("train")
for epoch in range(3):
    for batch in shard.iter_torch_batches(batch_size=64, dtypes=torch.float32):
        step(batch)""",
        differences=(
            (
                "`iter_torch_batches` raises on text, dates, decimals and ragged lists, even in columns that are "
                "not used: select the columns first. Its default batch size is 256."
            ),
            (
                "With `cur_shard` and `shard_count` petastorm gives a worker every `shard_count`-th row group, and "
                "raises where there are fewer row groups than workers; Ray Data deals out rows."
            ),
            (
                "By default petastorm shuffles the row groups of each epoch and ten threads read them, so that their "
                "order is chance; its shuffling buffer has no exact counterpart either: compare training statistically."
            ),
        ),
        symbols=(
            "petastorm.make_reader",
            "petastorm.make_batch_reader",
            "make_reader",
            "make_batch_reader",
            "materialize_dataset",
            "dataset_as_rdd",
            "petastorm.pytorch.DataLoader",
            "petastorm.tf_utils.tf_tensors",
        ),
        heavy=(HeavyKind.PETASTORM,),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR710",
        name="petastorm-converter",
        matches="`make_spark_converter(df)` with `make_torch_dataloader` or `make_tf_dataset`.",
        why="It caches the frame as Parquet and reads it back with petastorm: a hand-off by hand.",
        do="Write the Parquet with Spark and read it with Ray Data. The cache folder's clean-up goes.",
        before="""\
converter = make_spark_converter(features)
with converter.make_torch_dataloader(batch_size=64) as loader:
    train(loader)""",
        after="""\
ds = ray.data.read_parquet("handoff")
loader = ds.iter_torch_batches(batch_size=64)""",
        differences=(
            (
                "The converter repeats the data without end by default (`num_epochs=None`); Ray's iterator ends "
                "with the epoch."
            ),
        ),
        symbols=(
            "petastorm.spark.make_spark_converter",
            "make_spark_converter",
            "Converter.make_torch_dataloader",
            "Converter.make_tf_dataset",
        ),
        heavy=(HeavyKind.PETASTORM,),
        severity=Severity.WARNING,
    ),
)
