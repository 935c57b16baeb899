"""``DataFrameReader.load``, and reads of formats that have no case of their own."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate import jdbc, readers
from migrate.translate.sources import read_of


class ReadLoad(Mapping):
    """
    ## Matches
    ``spark.read.load(path)`` with ``format`` and options wherever they are given, for Parquet (which is the default),
    CSV, JSON, text, ORC, ``binaryFile``, ``image`` and ``libsvm``, for Delta tables by their path, and for PostgreSQL
    by ``jdbc``.

    ## Semantics
    Those of the reader of that format. Images of JPEG, PNG and BMP are rows of bytes in the order blue, green, red, as
    Spark has them; one that is none is a row of -1, or no row where ``dropInvalid`` is set. They are read with Pillow.

    A Delta table is read by Ray's reader, with the package deltalake, as of its latest version or of ``versionAsOf``.
    The emitted code raises at tables that this reader would get wrong: those with deletion vectors, with column mapping
    or with later features. Spark reads Delta with a jar that no package index has, so its side was not run: the tests
    hold the rows against what was written into the table.

    ## Not covered
    Avro, Iceberg and Hudi stay on Spark: it needs a jar for each and Ray a package (fastavro, pyiceberg, hudi), so
    their answers were not compared. So do other databases, and XML. A Delta table as of a time. The
    emitted code raises at images of other formats, with a palette, a colour profile, more or less than 8 bits, or cut
    short.
    """

    code = "SR211"
    symbols = ("DataFrameReader.load",)
    kind = Kind.READ
    cost = Cost.NATIVE
    cases = (
        Case(
            "Parquet",
            "out = spark.read.load(table).select('id', 's')",
            "out = read_parquet(table).select_columns(['id', 's'])",
        ),
        Case(
            "CSV",
            'with open("t.csv", "w") as file:\n'
            "    file.write('a|b\\n1|x\\n2|\\n')\n"
            'out = spark.read.format("csv").option("delimiter", "|").load("t.csv", header=True, inferSchema="true")',
            "out = read_csv(\"t.csv\", sep='|', header=True, infer=csv_types)",
        ),
        Case(
            "binary files in folders",
            "import pathlib\n"
            'for name, content in (("k=1/a.bin", b"\\x00\\xff"), ("k=2/b.bin", b""), ("k=2/c.txt", b"no")):\n'
            '    pathlib.Path("bin", name).parent.mkdir(parents=True, exist_ok=True)\n'
            '    pathlib.Path("bin", name).write_bytes(content)\n'
            'found = spark.read.format("binaryFile").option("pathGlobFilter", "*.bin").load("bin")\n'
            'out = found.select("content", "length", "k")',
            "found = read_binary_files(\"bin\", pattern='*.bin')\n"
            "out = found.select_columns(['content', 'length', 'k'])",
        ),
        Case(
            "images",
            "import numpy as np\n"
            "from PIL import Image\n"
            'os.makedirs("photos")\n'
            "pixels = np.arange(37 * 53 * 4, dtype=np.uint32).reshape(37, 53, 4) * 2654435761 >> 24\n"
            "slopes = (pixels // 8 + np.mgrid[:37, :53].sum(axis=0)[..., None] * 2).astype(np.uint8)\n"
            'Image.fromarray(slopes, "RGBA").save("photos/a b%[1]\u00e9.png")\n'
            'Image.fromarray(slopes[..., :3], "RGB").save("photos/plain.bmp")\n'
            'Image.fromarray(slopes[..., 0], "L").save("photos/grey.png")\n'
            'Image.fromarray(slopes[..., 0], "L").save("photos/grey.jpg")\n'
            "for sampling in range(3):\n"
            '    photo = Image.fromarray(slopes[..., :3], "RGB")\n'
            '    photo.save(f"photos/{sampling}.jpg", subsampling=sampling, progressive=sampling == 2)\n'
            'with open("photos/none.jpg", "w") as file:\n'
            '    file.write("no image")\n'
            'photos = spark.read.format("image").load("photos")\n'
            'print(photos.count(), spark.read.format("image").option("dropInvalid", True).load("photos").count())\n'
            'out = photos.select(F.substring("image.origin", -12, 12).alias("name"), "image.height", "image.data",\n'
            '    "image.width", "image.mode", "image.nChannels")',
            'photos = read_images("photos")',
        ),
        Case(
            "points of LIBSVM",
            'with open("points.txt", "w") as file:\n'
            "    file.write('1.0 1:2.5 3:-1\\n\\n# none\\n0 2:7e3\\n-1 \\n+1 1:1  4:0 \\n')\n"
            'points = spark.read.format("libsvm").load("points.txt")\n'
            "points.show()\n"
            'wide = spark.read.format("libsvm").option("numFeatures", "9").load("points.txt")\n'
            "wide.show(truncate=False)",
            'wide = read_libsvm("points.txt", numFeatures=9)',
        ),
        Case("dense points", 'out = spark.read.load(path, format="libsvm", vectorType="dense")', None),
        Case(
            "a Delta table",
            'out = spark.read.format("delta").option("versionAsOf", "1").load("events")',
            'out = read_delta("events", version=1)',
            elsewhere="tests/catalogue/test_delta.py",
        ),
        Case(
            "a Delta table as of a time",
            'out = spark.read.format("delta").option("timestampAsOf", "2024-01-01").load(path)',
            None,
        ),
        Case("a table of a catalogue", 'out = spark.read.format("iceberg").load("lake.events")', None),
        Case(
            "a query of PostgreSQL",
            'out = spark.read.format("jdbc").options(url="jdbc:postgresql://db/shop", query="SELECT id FROM orders")'
            '.option("password", os.environ["PASSWORD"]).load()',
            'out = read_jdbc("jdbc:postgresql://db/shop", query="SELECT id FROM orders", '
            'properties={"password": os.environ["PASSWORD"]})',
            elsewhere="tests/catalogue/test_jdbc.py",
        ),
        Case("another database", 'out = spark.read.format("jdbc").option("url", "jdbc:x").load()', None),
    )

    def emit(self, call: Call) -> Emission:
        if jdbc.is_jdbc(call):
            return jdbc.by_options(call)
        return readers.read(call, read_of(call, ("path", "format", "schema")))
