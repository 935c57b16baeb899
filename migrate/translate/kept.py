"""What stays on Spark by decision, with the reason: no mapping would give Spark's answer on Ray."""

from __future__ import annotations

import re

_DRIVER = "it works through a JDBC driver, which runs in the JVM"
_JAR = "Spark needs a jar for it and Ray the package {}; neither comes with its engine, so they were not compared"
PETASTORM = (
    "petastorm no longer imports with today's PyArrow, so nothing can be compared with it, and its threads decide the "
    "order of rows; a person has to choose the order in which ray.train.get_dataset_shard gives them"
)
"""Why what petastorm reads is left as it is."""
_FORMATS = {
    "avro": _JAR.format("fastavro"),
    "com.databricks.spark.xml": "Spark needs a jar for it, and Ray has no reader of XML",
    "hudi": _JAR.format("hudi"),
    "iceberg": _JAR.format("pyiceberg") + "; its catalog is set up in Spark's configuration",
    "jdbc": _DRIVER,
}
_NOT_APPLIED = r"\.(?!load$|transform$)\w+"
"""Everything but a saved model that is loaded and applied."""
_REASONS = (
    (
        "its factors start from draws that MLlib makes for its own blocks of users and items; train it on Spark, and "
        "move what works on the recommendations",
        r"(ALS|MatrixFactorization)(Model)?",
    ),
    (
        "its topics depend on the documents that MLlib samples from its partitions; train it on Spark, and move what "
        "works on the topics",
        r"(Local|Distributed)?LDA(Model)?",
    ),
    (
        "Ray has no miner of frequent patterns, and a library for one machine would have to hold all of the data",
        r"(FPGrowth|PrefixSpan)(Model)?|Estimator\.findFrequentSequentialPatterns",
    ),
    (
        "it iterates over a distributed graph, and Ray has no engine for graphs",
        r"PowerIterationClustering(Model)?|Estimator\.assignClusters",
    ),
    (
        "MLlib splits at sampled quantiles and draws rows by its own generator, so other libraries grow other trees; "
        "whether those of XGBoost on Ray will do is for a person to decide",
        rf"(DecisionTree|RandomForest|GBT|GradientBoostedTrees)\w*{_NOT_APPLIED}",
    ),
    (
        "it starts from rows or weights that MLlib draws by its own generator, and ends elsewhere from another start",
        rf"KMeans(Model)?{_NOT_APPLIED}|(GaussianMixture|Word2Vec)(Model)?|MultilayerPerceptron\w*|FM(Classif|Regress)\w+",
    ),
    (
        "Ray has no distributed linear algebra",
        r"(pyspark\.mllib\.linalg\.distributed\.)?(\w*Row|Coordinate|Block)Matrix",
    ),
    ("its numbers are drawn by the JVM's generators, one for each partition", r"RandomRDDs"),
    (
        "Ray has no streaming engine",
        r"StreamingContext|\w*DStream|Stream(Frame|Grouped)|DataStream(Reader|Writer)|Streaming\w+",
    ),
    (
        "the rows that it draws depend on Spark's partitions and its generator",
        r"DataFrame\.(sample|sampleBy)",
    ),
    (
        "it works through Hadoop's formats, which run in the JVM",
        r"SparkContext\.(newAPIHadoop|hadoop|sequence)(File|RDD)|RDD\.saveAs(NewAPI)?(Hadoop|Sequence)(File|Dataset)",
    ),
    (
        "what Spark promises of the commit of a table is Spark's to keep",
        r"DataFrame(Writer)?\.(insertInto|saveAsTable)|DataFrameWriterV2",
    ),
    (_DRIVER, r"DataFrameWriter\.jdbc"),
    (
        "DeepSpeed shards the model over GPUs, where this was not compared; a person has to choose the workers and "
        "call deepspeed.initialize in the train function of a TorchTrainer",
        r"DeepspeedTorchDistributor",
    ),
    (
        "its function trains with TensorFlow, and only training with PyTorch is carried over; a person has to give it "
        "to a TensorflowTrainer, inside the scope of a MultiWorkerMirroredStrategy",
        r"MirroredStrategyRunner",
    ),
    (
        "it feeds TensorFlow through queues of Spark's executors; a person has to write its function for a "
        "TensorflowTrainer that Ray Data feeds",
        r"tensorflowonspark(\.\w+)*|TFCluster|TFEstimator(Model)?",
    ),
    (
        "it reads its store with petastorm, which no longer imports with today's PyArrow, so nothing can be compared "
        "with it; a person has to write its loop for a TorchTrainer that Ray Data feeds",
        r"(Torch|Keras)Estimator(Model)?",
    ),
    (
        PETASTORM,
        r"petastorm(\.\w+)*|Converter",
    ),
    (
        "Spark deals its groups of rows out by ranges that it samples; whether the trees that an XGBoostTrainer grows "
        "from other groups will do is for a person to decide",
        r"SparkXGBRanker(Model)?",
    ),
    (
        "its network runs inside of Spark's JVMs, natively; whether the trees of a LightGBMTrainer on Ray will do is "
        "for a person to decide",
        r"LightGBM\w+",
    ),
)
"""Each with a pattern of what the calls are methods of, or of the method itself."""


def kept_because(symbol: str) -> str | None:
    """Why a call of that symbol (``ALS.fit``) is left to Spark for good, None where it is only not carried yet."""
    owner = symbol.rpartition(".")[0].rpartition(".")[2]
    found = (reason for reason, known in _REASONS if re.fullmatch(known, owner) or re.fullmatch(known, symbol))
    return next(found, None)


def format_kept_because(name: str) -> str:
    """Why reads and writes of a format without a mapping are left to Spark."""
    known = _FORMATS.get(name)
    return f"the format {name} is not read or written here" + (f": {known}" if known else "")
