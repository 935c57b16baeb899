"""A Spark job that trains XGBoost's estimators and writes what they predict, to a folder each."""

import sys

from pyspark.ml.feature import VectorAssembler
from pyspark.sql import SparkSession
from xgboost.spark import SparkXGBClassifier, SparkXGBRegressor


def main():
    rows, out = sys.argv[1:3]
    spark = SparkSession.builder.master("local[2]").getOrCreate()
    frame = spark.read.parquet(rows)
    number = SparkXGBRegressor(
        features_col=["a", "b", "c"], label_col="amount", n_estimators=20, max_depth=4, learning_rate=0.2
    )
    number.fit(frame).transform(frame).write.parquet(f"{out}/number")
    assembled = VectorAssembler(inputCols=["a", "b"], outputCol="features").transform(frame)
    either = SparkXGBClassifier(label_col="either", n_estimators=10, max_depth=3, reg_lambda=0.5)
    either.fit(assembled).transform(assembled).write.parquet(f"{out}/either")
    kinds = SparkXGBClassifier(features_col="features", label_col="kind", n_estimators=5, colsample_bytree=0.5)
    model = kinds.fit(assembled)
    model.transform(assembled).write.parquet(f"{out}/kind")
    several = SparkXGBRegressor(label_col="amount", num_workers=2, n_estimators=10, max_depth=3)
    several.fit(assembled).transform(assembled).write.parquet(f"{out}/several")
    spark.stop()


if __name__ == "__main__":
    main()
