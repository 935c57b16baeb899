"""The rules of reads."""

from __future__ import annotations

from migrate.findings import Severity
from migrate.rules.model import Rule

RULES = (
    Rule(
        code="SR201",
        name="read-parquet",
        matches="`spark.read.parquet(path)`.",
        why=(
            "Parquet is the format in which both engines agree best, and the hand-off between the parts of a "
            "split job. A few types still need care."
        ),
        do=(
            "Use `ray.data.read_parquet`. Give it a schema when the files hold timestamps that Spark wrote with "
            "its defaults, and type the partition columns."
        ),
        before='df = spark.read.parquet("s3://lake/events")',
        after='ds = ray.data.read_parquet("s3://lake/events")',
        differences=(
            (
                "Spark writes timestamps as INT96 by default. Ray reads them as nanoseconds, and dates outside "
                "1677 to 2262 wrap silently: 9999-12-31 becomes 1816-03-30. "
                '`dataset_kwargs={"coerce_int96_timestamp_unit": "us"}` together with an explicit `schema=` '
                "reads them right."
            ),
            (
                "Partition columns come back as strings, and a NULL partition as the text "
                "`__HIVE_DEFAULT_PARTITION__`; Spark infers types and NULL."
            ),
            "Files that disagree on a type raise in Spark and are merged silently by Ray.",
            "Glob patterns in the path are not supported by Ray: list the files first.",
            "Rows come in another order from run to run unless `preserve_order` is set.",
        ),
        symbols=("DataFrameReader.parquet", "SQLContext.parquetFile"),
    ),
    Rule(
        code="SR202",
        name="read-csv",
        matches="`spark.read.csv(path)` with its options.",
        why=(
            "The defaults differ in nearly everything: Spark takes no header and reads all columns as strings, "
            "Arrow's reader takes a header and guesses types."
        ),
        do=(
            "The emitted reader repeats Spark's dialect and types. By hand: name columns and types explicitly with "
            "Arrow's `ReadOptions` and `ConvertOptions`, where a dialect with backslash escapes has no counterpart."
        ),
        before='df = spark.read.option("header", True).schema("id int, name string").csv("people.csv")',
        after="""\
convert = pyarrow.csv.ConvertOptions(
    column_types={"id": pa.int32(), "name": pa.string()},
    null_values=[""],
    strings_can_be_null=True,
    quoted_strings_can_be_null=True,
)
ds = ray.data.read_csv("people.csv", convert_options=convert)""",
        differences=(
            "An empty field is NULL in Spark, an empty string in Ray.",
            "The text `NaN` in a double column is NaN in Spark and NULL in Ray.",
            (
                "Spark escapes quotes with a backslash and keeps a doubled quote as two characters; Arrow follows "
                "RFC 4180."
            ),
            "A row with too few or too many fields is padded or cut by Spark (PERMISSIVE) and raises in Ray.",
        ),
        symbols=("DataFrameReader.csv",),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR203",
        name="read-json",
        matches="`spark.read.json(path)`: one JSON value a line.",
        why=(
            "Spark bends: a bad line goes to `_corrupt_record`, mixed types become strings, a missing field is "
            "NULL. Ray's reader raises on the first of them."
        ),
        do="Read the lines as text and parse each with the declared schema.",
        before='df = spark.read.schema("id long, tags array<string>").json("events.jsonl")',
        after='ds = ray.data.read_text("events.jsonl", drop_empty_lines=True).map(parse_event)',
        differences=("ISO timestamps stay strings in Spark without a schema, and become timestamps in Ray.",),
        symbols=("DataFrameReader.json", "SQLContext.jsonFile", "SQLContext.jsonRDD"),
    ),
    Rule(
        code="SR204",
        name="read-text",
        matches="`spark.read.text(path)` and `sc.textFile(path)`: one row or element a line.",
        why="It starts most RDD jobs; what follows is usually Python.",
        do=(
            "Use `read_text` with `drop_empty_lines=False` and rename the column, which Ray calls `text` and "
            "Spark `value`."
        ),
        before='lines = sc.textFile("books/*.txt")',
        after='lines = ray.data.read_text(sorted(glob.glob("books/*.txt")), drop_empty_lines=False)',
        differences=("Ray drops empty lines by default, Spark keeps them.",),
        symbols=("DataFrameReader.text", "SparkContext.textFile"),
    ),
    Rule(
        code="SR205",
        name="read-orc",
        matches="`spark.read.orc(path)`.",
        why="Ray reads ORC through Arrow. Its types, timestamps above all, were not compared with Spark's.",
        do=(
            "`ray.data.read_orc` after comparing a file with `migrate compare`; until then keep the read on Spark "
            "and cross by Parquet."
        ),
        before='df = spark.read.orc("warehouse/clicks")',
        after='ds = ray.data.read_orc("warehouse/clicks")',
        symbols=("DataFrameReader.orc",),
    ),
    Rule(
        code="SR206",
        name="read-images",
        matches='The image source: `spark.read.format("image").load(path)`, or `ImageSchema.readImages`.',
        why=(
            "The pixels arrive as bytes in blue-green-red order inside a struct, and Python code that decodes or "
            "resizes them is where such jobs spend their time."
        ),
        do=(
            "The rewriter keeps Spark's rows, read with Pillow. By hand, `ray.data.read_images` gives arrays; turn the "
            "channels round where the job's code expects BGR."
        ),
        before='df = spark.read.format("image").option("dropInvalid", True).load("photos")',
        after='ds = ray.data.read_images("photos", mode="RGB", include_paths=True)',
        differences=(
            (
                "Ray gives RGB arrays of height x width x 3; Spark gives BGR bytes with the height and width "
                "beside them. Reversing the last axis made them byte-equal on the images tried."
            ),
            "A file that is no image gives a row of height -1 in Spark (dropped with `dropInvalid`) and raises in Ray.",
            '`mode="RGB"` drops an alpha channel that Spark keeps.',
        ),
        symbols=(
            "ImageSchema.readImages",
            "sparkdl.readImages",
            "imageIO.readImages",
            "imageIO.readImagesWithCustomFn",
        ),
    ),
    Rule(
        code="SR207",
        name="read-binary-files",
        matches='Whole files as rows: `spark.read.format("binaryFile")`, `sc.binaryFiles`, `sc.wholeTextFiles`.',
        why=(
            "The content crosses from the JVM to Python in pickles before any work starts. This is the read of "
            "image, audio and document jobs."
        ),
        do=(
            "Use `ray.data.read_binary_files(path, include_paths=True)`: the bytes are read by the worker that "
            "uses them."
        ),
        before='files = spark.read.format("binaryFile").load("photos")',
        after='files = ray.data.read_binary_files("photos", include_paths=True)',
        differences=(
            (
                "Spark's path is a URI (`file:/data/a.jpg`), Ray's is the plain path (`/data/a.jpg`): code that "
                "takes names from it has to know."
            ),
            "The columns are called `path, modificationTime, length, content` in Spark and `path, bytes` in Ray.",
        ),
        symbols=("SparkContext.binaryFiles", "SparkContext.binaryRecords", "SparkContext.wholeTextFiles"),
    ),
    Rule(
        code="SR208",
        name="read-jdbc",
        matches="A read or write of a relational database by JDBC.",
        why="It needs a JVM driver, and Spark pushes filters and column choice down to the database.",
        do=(
            "PostgreSQL is read with psycopg, in the parts that Spark makes. Keep other databases on Spark and cross "
            "by Parquet; `ray.data.read_sql` with a Python driver is the alternative where no pushdown is needed."
        ),
        before='df = spark.read.jdbc(url, "orders", properties=login)',
        symbols=("DataFrameReader.jdbc", "DataFrameWriter.jdbc"),
    ),
    Rule(
        code="SR209",
        name="read-table",
        matches="`spark.table(name)`: a table of the catalogue.",
        why="The catalogue knows the format, the partitions and who may read it. Ray does not ask it.",
        do="Keep the read on Spark; the split hands the needed columns over as Parquet.",
        before='orders = spark.table("sales.orders")',
        symbols=("SparkSession.table", "DataFrameReader.table", "SQLContext.table"),
    ),
    Rule(
        code="SR210",
        name="read-lakehouse-table",
        matches='Delta Lake, Iceberg or Hudi tables, by `format("delta")`, `DeltaTable` or a catalogue name.',
        why=(
            "Which files are part of the table is written in its log. Reading its folder as Parquet also reads "
            "deleted and superseded rows."
        ),
        do=(
            "A Delta table by its path is read with `ray.data.read_delta`; the emitted code raises at deletion "
            "vectors and at column mapping, which that reader gets wrong or refuses. `read_iceberg` and `read_hudi` "
            "ask the table's log too; they were not compared here. Never point `read_parquet` at such a folder."
        ),
        before='df = spark.read.format("delta").load("s3://lake/events")',
        symbols=("DeltaTable.forPath", "DeltaTable.forName", "DeltaTable.toDF", "DeltaTable.*"),
        severity=Severity.WARNING,
    ),
    Rule(
        code="SR211",
        name="read-load",
        matches="`spark.read.format(...).load(path)`. The format decides what it is.",
        why="A format that is computed or comes from an argument cannot be known from the source.",
        do=(
            "Write the format out where it is fixed. For `parquet`, `csv`, `json`, `text`, `image` and "
            "`binaryFile` see SR201 to SR207; for others the read stays on Spark."
        ),
        before="df = spark.read.format(kind).load(path)",
        symbols=("DataFrameReader.load", "SQLContext.load", "DataFrameReader.xml"),
    ),
    Rule(
        code="SR212",
        name="create-dataframe",
        matches="`spark.createDataFrame(rows, schema)`.",
        why=("Data made on the driver: usually small. Its declared schema decides the types, not the Python values."),
        do="Build a `pyarrow.Table` with the same schema and use `ray.data.from_arrow`.",
        before='df = spark.createDataFrame([(1, "a"), (2, None)], "id int, name string")',
        after="""\
schema = pa.schema([("id", pa.int32()), ("name", pa.string())])
ds = ray.data.from_arrow(pa.Table.from_pylist([{"id": 1, "name": "a"}, {"id": 2, "name": None}], schema=schema))""",
        differences=("`ray.data.from_items` infers 64-bit integers, and raises where one column mixes types.",),
        symbols=("SparkSession.createDataFrame", "SQLContext.createDataFrame", "SQLContext.registerDataFrameAsTable"),
    ),
    Rule(
        code="SR213",
        name="range",
        matches="`spark.range(n)`: the numbers from 0, as column `id`.",
        why="Simulations and parameter sweeps start here, and what follows is Python.",
        do="`ray.data.range(n)`, which also calls its column `id`.",
        before="trials = spark.range(1000)",
        after="trials = ray.data.range(1000)",
        symbols=("SparkSession.range", "SparkContext.range"),
    ),
    Rule(
        code="SR214",
        name="parallelize",
        matches="`sc.parallelize(items)`.",
        why=(
            "It spreads Python objects over the workers, often as a way to run a function many times. Spark "
            "pickles each of them through the JVM."
        ),
        do=(
            "`ray.data.from_items` for data; for plain tasks over a list of arguments, `ray.remote` functions are "
            "closer to what is meant."
        ),
        before="results = sc.parallelize(range(1000), 50).map(simulate).collect()",
        after="""\
results = [row["item"] for row in ray.data.from_items(list(range(1000))).map(simulate_row).take_all()]""",
        differences=(
            (
                "Ray's rows are dicts: `from_items([1, 2])` has one column `item`. Tuples come back as lists, and "
                "items of mixed types are pickled or refused."
            ),
        ),
        symbols=("SparkContext.parallelize", "SparkContext.emptyRDD"),
    ),
    Rule(
        code="SR215",
        name="hadoop-files",
        matches="Hadoop sequence files and other Hadoop input and output formats.",
        why="They need the JVM's Hadoop classes, or are readable by Spark alone.",
        do="Keep the read and write on Spark. Convert such data to Parquet once, when the job moves.",
        before='pairs = sc.sequenceFile("hdfs:///logs")',
        symbols=(
            "SparkContext.sequenceFile",
            "SparkContext.hadoopFile",
            "SparkContext.newAPIHadoopFile",
            "SparkContext.newAPIHadoopRDD",
            "SparkContext.hadoopRDD",
            "SparkContext.mongoRDD",
            "SparkContext.mongoPairRDD",
            "SparkContext.BSONFileRDD",
            "SparkContext.cassandraTable",
            "RDD.saveAsSequenceFile",
            "RDD.saveAsHadoopFile",
            "RDD.saveAsNewAPIHadoopFile",
            "RDD.saveAsHadoopDataset",
            "RDD.saveAsNewAPIHadoopDataset",
            "RDD.saveAsTFRecordFile",
        ),
    ),
    Rule(
        code="SR219",
        name="pickle-files",
        matches="`sc.pickleFile(path)` and `rdd.saveAsPickleFile(path)`: Python objects in files.",
        why="Only PySpark reads them: pickles inside Java's arrays inside Hadoop's sequence files.",
        do="The emitted `pickle_file` and `saveAsPickleFile` read and write the same files: either engine can go on.",
        before='sc.pickleFile("features").map(score).saveAsPickleFile("scores")',
        after='pickle_file("features").map(score).saveAsPickleFile("scores")',
        symbols=("SparkContext.pickleFile", "RDD.saveAsPickleFile"),
    ),
    Rule(
        code="SR216",
        name="read-avro",
        matches='`format("avro")` and `pyspark.sql.avro.functions`.',
        why="Logical types, unions and schema evolution are resolved by Spark's reader in the JVM.",
        do=(
            "Keep the read on Spark and cross by Parquet. `ray.data.read_avro` reads plain files; its types were "
            "not compared."
        ),
        before='df = spark.read.format("avro").load("events")',
        reported=False,
    ),
    Rule(
        code="SR217",
        name="glob-and-many-paths",
        matches="A path with `*`, `?`, `{a,b}` or several paths in one call.",
        why="Spark expands patterns on every file system it knows. Ray takes a path or a list of paths.",
        do=("Expand the pattern in the job (`glob.glob`, or `fsspec` for object stores) and pass the sorted list."),
        before='df = spark.read.parquet("lake/2024-*/part")',
        after='ds = ray.data.read_parquet(sorted(glob.glob("lake/2024-*/part")))',
        reported=False,
    ),
    Rule(
        code="SR218",
        name="hdfs-path",
        matches="Paths that begin with `hdfs://`, `dbfs:/` or `wasbs://`.",
        why=(
            "Arrow reads HDFS through the JVM library `libhdfs`; on a Ray worker without a JVM the read fails. "
            "Databricks' paths exist only there."
        ),
        do=(
            "Use an object-store path that both engines reach, or copy the input once. The parity run needs the "
            "same bytes on both sides."
        ),
        before='df = spark.read.parquet("hdfs:///warehouse/events")',
        severity=Severity.WARNING,
        reported=False,
    ),
)
