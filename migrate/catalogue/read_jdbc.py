"""``DataFrameReader.jdbc``."""

from __future__ import annotations

from migrate.ir import Cost, Kind
from migrate.mapping import Call, Case, Emission, Mapping
from migrate.translate import jdbc

_SOMEWHERE = "tests/catalogue/test_jdbc.py"


class ReadJdbc(Mapping):
    """
    ## Matches
    ``spark.read.jdbc(url, table, ...)`` of PostgreSQL, with ``column``, ``lowerBound``, ``upperBound`` and
    ``numPartitions``, with ``predicates``, or whole, and ``properties`` with ``user`` and ``password``. The format
    ``jdbc`` with options is read alike.

    ## Semantics
    psycopg reads what Spark's driver does, with the same statements: a block for each of Spark's partitions, which are
    cut where Spark cuts them. A ``numeric`` without digits has 18 behind the point, JSON and UUIDs are text, a
    ``timestamp`` without a zone is one of the machine's. Addresses and passwords stay as the job has them. Spark hands
    filters on to the database, which may order text otherwise than Spark; on Ray they work on what was read.

    ## Not covered
    Other databases; parts by dates; parameters in the address. The emitted code raises at columns of other types, such
    as lists, intervals and ``char(n)``.
    """

    code = "SR208"
    symbols = ("DataFrameReader.jdbc",)
    kind = Kind.READ
    cost = Cost.NATIVE
    cases = (
        Case(
            "a table",
            'login = {"user": "etl", "password": os.environ["PASSWORD"]}\n'
            'out = spark.read.jdbc("jdbc:postgresql://db/shop", "orders", properties=login)',
            'login = {"user": "etl", "password": os.environ["PASSWORD"]}\n'
            'out = read_jdbc("jdbc:postgresql://db/shop", "orders", properties=login)',
            elsewhere=_SOMEWHERE,
        ),
        Case(
            "a table in parts",
            "url = f\"jdbc:postgresql://{os.environ['DB']}/shop\"\n"
            'out = spark.read.jdbc(url, "orders", "id", 0, 1000, 4)',
            'out = read_jdbc(url, "orders", column="id", lowerBound=0, upperBound=1000, numPartitions=4)',
            elsewhere=_SOMEWHERE,
        ),
        Case("another database", 'out = spark.read.jdbc("jdbc:mysql://db/shop", "orders")', None),
        Case("a database that the job does not name", 'out = spark.read.jdbc(os.environ["DB"], "orders")', None),
        Case("half a range", 'out = spark.read.jdbc("jdbc:postgresql://db/shop", "orders", "id", 0, 9)', None),
    )

    def emit(self, call: Call) -> Emission:
        return jdbc.by_arguments(call)
