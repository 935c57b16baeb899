"""The rules of streaming."""

from __future__ import annotations

from migrate.findings import Severity
from migrate.ir import HeavyKind
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR801",
        name="streaming-read",
        matches="`spark.readStream...load()`.",
        why="The job never ends: it keeps offsets, state and watermarks. Ray Data works on data that ends.",
        do="Keep on Spark. That is the verdict for every streaming job.",
        before='events = spark.readStream.format("kafka").option("subscribe", "clicks").load()',
        symbols=("DataStreamReader.*",),
    ),
    Rule(
        code="SR802",
        name="streaming-write",
        matches="`df.writeStream...start()`.",
        why="Exactly-once delivery rests on Spark's checkpoint of offsets and on the sink.",
        do="Keep on Spark.",
        before='query = counts.writeStream.format("delta").option("checkpointLocation", path).start(out)',
        symbols=("DataStreamWriter.start", "DataStreamWriter.toTable", "DataStreamWriter.table"),
    ),
    Rule(
        code="SR803",
        name="foreach-batch",
        matches="`writeStream.foreachBatch(function)`: a Python function on the driver for every micro-batch.",
        why=(
            "The function gets an ordinary DataFrame: what it does with it is native unless it calls Python per "
            "row. It often holds the only heavy work of a streaming job."
        ),
        do=(
            "The stream stays on Spark. Heavy scoring inside can be sent to a Ray Serve endpoint or written out "
            "for a batch job."
        ),
        before="""\
def upsert(batch, batch_id):
    table.alias("t").merge(batch.alias("s"), "t.id = s.id").whenMatchedUpdateAll().execute()


stream.writeStream.foreachBatch(upsert).start()""",
        symbols=("DataStreamWriter.foreachBatch", "GlueContext.forEachBatch"),
        heavy=(HeavyKind.FOREACH_BATCH,),
    ),
    Rule(
        code="SR804",
        name="foreach-rdd",
        matches="`dstream.foreachRDD(function)`.",
        why=("A Python function on the driver for every batch of a DStream; the RDD work inside is row-wise Python."),
        do="Stay on Spark, and leave the DStream API (SR805).",
        before="stream.foreachRDD(lambda rdd: rdd.foreachPartition(save))",
        symbols=("DStream.foreachRDD",),
        heavy=(HeavyKind.FOREACH_RDD,),
    ),
    Rule(
        code="SR805",
        name="dstream",
        matches="The DStream API: `StreamingContext`, `KafkaUtils.createDirectStream`.",
        why="Deprecated since Spark 3.4, and row-wise Python throughout.",
        do="Move to Structured Streaming on Spark first; that is a larger gain than any change of engine.",
        before="""\
ssc = StreamingContext(sc, 5)
lines = ssc.socketTextStream("localhost", 9999)""",
        symbols=(
            "StreamingContext",
            "StreamingContext.socketTextStream",
            "StreamingContext.textFileStream",
            "KafkaUtils.createDirectStream",
            "StreamingContext.start",
            "DStream.*",
            "StreamingContext.*",
            "KafkaUtils.*",
            "KinesisUtils.*",
            "FlumeUtils.*",
            "MQTTUtils.*",
        ),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR806",
        name="arbitrary-state",
        matches=(
            "`applyInPandasWithState`, `transformWithStateInPandas`: Python with state kept per key across batches."
        ),
        why="State, timeouts and recovery are Spark's.",
        do="Stay on Spark.",
        before="""\
events.groupBy("user").applyInPandasWithState(session, out, state, "append", "ProcessingTimeTimeout")""",
        symbols=(
            "GroupedData.applyInPandasWithState",
            "GroupedData.transformWithStateInPandas",
            "GroupedData.transformWithState",
        ),
        heavy=(HeavyKind.APPLY_IN_PANDAS_WITH_STATE,),
    ),
    Rule(
        code="SR807",
        name="watermark",
        matches="`withWatermark(column, delay)`.",
        why="It decides which late rows are dropped.",
        do="Stay on Spark. A batch rewrite of such a job sees all rows and answers differently.",
        before='events.withWatermark("at", "10 minutes").groupBy(F.window("at", "5 minutes")).count()',
        symbols=("DataFrame.withWatermark", "DataFrame.dropDuplicatesWithinWatermark"),
    ),
    Rule(
        code="SR808",
        name="stream-stream-join",
        matches="A join of two streams.",
        why="Rows wait in state for their partner until the watermark passes.",
        do="Stay on Spark.",
        before='impressions.join(clicks, "ad_id")',
        symbols=("StreamFrame.join",),
        reported=False,
    ),
    Rule(
        code="SR809",
        name="python-function-in-stream",
        matches="A UDF, `mapInPandas` or a model applied to a streaming frame.",
        why="The same cost per row as in batch, and it bounds the rate of the stream.",
        do=("Keep the stream; make the function an Arrow one (SR402), load the model once, or call a model server."),
        before='stream.withColumn("score", predict("features")).writeStream.start()',
        reported=False,
    ),
    Rule(
        code="SR810",
        name="available-now-trigger",
        matches="`trigger(availableNow=True)` or `trigger(once=True)`.",
        why="A batch job in a stream's clothes: it ends, but keeps offsets so that the next run goes on.",
        do=("Stay on Spark for the incremental read; what follows it may be a batch job that is worth a split."),
        before="df.writeStream.trigger(availableNow=True).start(out)",
        reported=False,
    ),
    Rule(
        code="SR811",
        name="stateful-rdd-stream",
        matches="`updateStateByKey`, `reduceByKeyAndWindow`.",
        why="All state passes through Python in every batch.",
        do="Move to Structured Streaming's windows, on Spark.",
        before="counts = pairs.reduceByKeyAndWindow(add, subtract, 300, 10)",
        symbols=(
            "DStream.updateStateByKey",
            "DStream.reduceByKeyAndWindow",
            "DStream.reduceByWindow",
            "DStream.countByWindow",
        ),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR812",
        name="wait-for-stream",
        matches="`query.awaitTermination()`.",
        why="It is what keeps the process alive: proof that the job does not end.",
        do="Nothing.",
        before="query.awaitTermination()",
        symbols=("StreamingQuery.awaitTermination", "StreamingContext.awaitTermination"),
        reported=False,
    ),
)
