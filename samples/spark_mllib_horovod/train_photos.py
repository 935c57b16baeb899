"""Train the classifier of the parts line on its photos: catalogue, features, then Horovod on a barrier stage.

On a cluster the sibling modules travel with the job:

    spark-submit --py-files photo_functions.py,photo_model.py,horovod_barrier.py \
        train_photos.py --input DIR --output DIR --workers 8
"""

import argparse
import json
import logging
import math
import os
import time

import horovod.torch as hvd
import numpy as np
import torch
from pyspark.ml import Pipeline
from pyspark.ml.feature import StandardScaler, StringIndexer, VectorAssembler
from pyspark.ml.functions import vector_to_array
from pyspark.sql import SparkSession, Window
from pyspark.sql import functions as F
from pyspark.sql.types import ArrayType, BinaryType, DoubleType, FloatType, StringType, StructField, StructType

from horovod_barrier import join_rendezvous, start_rendezvous, stop_rendezvous
from photo_functions import SIDE, decode_photo, normalise_pixels
from photo_model import PhotoNet

LABELS = ["disc", "ring", "plate", "wedge", "star", "cross"]
SMALLEST = 160  # pixels, on the shorter side

LABEL_SHEET = StructType(
    [
        StructField("name", StringType()),
        StructField("label", StringType()),
        StructField("labelled_on", StringType()),
        StructField("annotator", StringType()),
    ]
)
PHOTO = StructType(
    [
        StructField("pixels", BinaryType()),
        StructField("brightness", DoubleType()),
        StructField("contrast", DoubleType()),
        StructField("saturation", DoubleType()),
    ]
)

logger = logging.getLogger("train_photos")


def parse_arguments():
    parser = argparse.ArgumentParser(description="Train the parts classifier.")
    parser.add_argument("--input", required=True, help="folder with images/, metadata.jsonl and labels.csv")
    parser.add_argument("--output", required=True, help="folder for catalogue/, features/, model.pt and metrics.json")
    parser.add_argument("--workers", type=int, default=2, help="Horovod workers, one Spark core each")
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--batch-size", type=int, default=16, help="photos a step and worker")
    parser.add_argument("--lr", type=float, default=0.005, help="learning rate of one worker")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def build_catalogue(spark, source):
    """The photos worth training on, one row a name: latest revision, released, large enough, with a known label."""
    metadata = spark.read.json(os.path.join(source, "metadata.jsonl"))
    newest_first = Window.partitionBy("name").orderBy(F.col("revision").desc())
    latest = (
        metadata.withColumn("age", F.row_number().over(newest_first))
        .where(F.col("age") == 1)
        .where(~F.col("quarantined"))
        .where(F.least("width", "height") >= SMALLEST)
        .select("name", "revision", "camera", "width", "height")
    )

    sheet = spark.read.csv(os.path.join(source, "labels.csv"), schema=LABEL_SHEET, header=True)
    labels = (
        sheet.withColumn("label", F.lower(F.trim("label")))
        .where(F.col("label").isin(LABELS))
        .groupBy("name")
        .agg(F.max(F.struct("labelled_on", "label")).alias("last"))
        .select("name", F.col("last.label").alias("label"))
    )

    bucket = F.pmod(F.hash("name"), F.lit(10))
    return (
        latest.join(labels, "name")
        .withColumn("split", F.when(bucket < 2, "val").otherwise("train"))
        .select("name", "label", "split", "revision", "camera", "width", "height")
    )


def to_tensors(photos):
    """(name, image, stats, label) tuples as three tensors, ordered by name; images as channels x height x width."""
    photos = sorted(photos, key=lambda photo: photo[0])  # a shuffle brings them in another order each run
    images = np.array([image for _, image, _, _ in photos], dtype=np.float32).reshape(-1, SIDE, SIDE, 3)
    stats = np.array([stats for _, _, stats, _ in photos], dtype=np.float32).reshape(len(photos), -1)
    labels = np.array([label for _, _, _, label in photos], dtype=np.int64)
    return torch.from_numpy(images).permute(0, 3, 1, 2).contiguous(), torch.from_numpy(stats), torch.from_numpy(labels)


def count_correct(model, images, stats, labels, batch_size, device):
    """How many of these photos the model gets right."""
    model.eval()
    correct = 0
    with torch.no_grad():
        for start in range(0, len(labels), batch_size):
            batch = slice(start, start + batch_size)
            logits = model(images[batch].to(device), stats[batch].to(device))
            correct += int((logits.argmax(dim=1) == labels[batch].to(device)).sum())
    return correct


def train(rows, args, rendezvous_address):
    """One Horovod worker: fit the network on the photos of this partition, in step with the other workers."""
    join_rendezvous(rendezvous_address)
    hvd.init()
    torch.set_num_threads(1)  # a Spark task owns one core
    torch.manual_seed(args.seed)
    device = torch.device(f"cuda:{hvd.local_rank()}" if torch.cuda.is_available() else "cpu")

    photos = {"train": [], "val": []}
    for row in rows:
        image = np.array(row["image"], dtype=np.float32)
        photos[row["split"]].append((row["name"], image, row["stats"], row["label"]))
    images, stats, labels = to_tensors(photos["train"])
    val_images, val_stats, val_labels = to_tensors(photos["val"])

    # Partitions are uneven. A worker with a batch more than the others would wait for them for ever.
    steps = int(hvd.allreduce(torch.tensor(math.ceil(len(labels) / args.batch_size)), op=hvd.Min))

    model = PhotoNet(classes=len(LABELS)).to(device)
    optimizer = torch.optim.SGD(model.parameters(), lr=args.lr * hvd.size(), momentum=0.9)
    optimizer = hvd.DistributedOptimizer(optimizer, named_parameters=model.named_parameters())
    hvd.broadcast_parameters(model.state_dict(), root_rank=0)

    history = []
    for epoch in range(args.epochs):
        model.train()
        shuffle = torch.Generator().manual_seed(args.seed + epoch * hvd.size() + hvd.rank())
        order = torch.randperm(len(labels), generator=shuffle)
        loss_sum, seen = 0.0, 0
        for step in range(steps):
            batch = order[step * args.batch_size : (step + 1) * args.batch_size]
            optimizer.zero_grad()
            logits = model(images[batch].to(device), stats[batch].to(device))
            loss = torch.nn.functional.cross_entropy(logits, labels[batch].to(device))
            loss.backward()
            optimizer.step()
            loss_sum += loss.item() * len(batch)
            seen += len(batch)

        correct = count_correct(model, val_images, val_stats, val_labels, args.batch_size, device)
        totals = torch.tensor([loss_sum, seen, correct, len(val_labels)], dtype=torch.float64)
        loss_sum, seen, correct, total = hvd.allreduce(totals, op=hvd.Sum, name="epoch_totals").tolist()
        history.append({"epoch": epoch, "loss": loss_sum / seen, "val_accuracy": correct / total})
        if hvd.rank() == 0:
            torch.save(model.state_dict(), os.path.join(args.output, "model.pt"))

    result = history if hvd.rank() == 0 else []
    hvd.shutdown()
    return result


def main():
    args = parse_arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s: %(message)s")
    started = time.time()
    spark = (
        SparkSession.builder.appName("train-photos")
        .config("spark.serializer", "org.apache.spark.serializer.KryoSerializer")
        .config("spark.sql.shuffle.partitions", 16)
        .getOrCreate()
    )

    catalogue = build_catalogue(spark, args.input)
    catalogue.write.mode("overwrite").parquet(os.path.join(args.output, "catalogue"))
    logger.info("catalogue written after %.1f s", time.time() - started)

    files = (
        spark.read.format("binaryFile")
        .option("pathGlobFilter", "*.jpg")
        .load(os.path.join(args.input, "images"))
        .select(F.substring_index("path", "/", -1).alias("name"), "content")
    )
    photos = catalogue.join(files, "name").select("name", "label", "split", "content")

    load_photo = F.udf(decode_photo, PHOTO)
    decoded = (
        photos.withColumn("photo", load_photo("content"))
        .select("name", "label", "split", "photo.pixels", "photo.brightness", "photo.contrast", "photo.saturation")
        .persist()
    )

    pipeline = Pipeline(
        stages=[
            StringIndexer(inputCol="label", outputCol="label_index"),
            VectorAssembler(inputCols=["brightness", "contrast", "saturation"], outputCol="measures"),
            StandardScaler(inputCol="measures", outputCol="scaled", withMean=True),
        ]
    )
    normalise = F.udf(normalise_pixels, ArrayType(FloatType()))
    features = (
        pipeline.fit(decoded)
        .transform(decoded)
        .withColumn("image", normalise("pixels"))
        .select(
            "name",
            "split",
            F.col("label_index").cast("int").alias("label"),
            vector_to_array("scaled").alias("stats"),
            "image",
        )
    )
    features.write.mode("overwrite").parquet(os.path.join(args.output, "features"))
    logger.info("features written after %.1f s", time.time() - started)

    rendezvous, rendezvous_address = start_rendezvous(spark, args.workers)
    history = (
        features.repartition(args.workers, "name")
        .rdd.barrier()
        .mapPartitions(lambda rows: train(rows, args, rendezvous_address))
        .collect()
    )
    stop_rendezvous(rendezvous)
    for epoch in history:
        logger.info("epoch %(epoch)d: loss %(loss).4f, validation accuracy %(val_accuracy).4f", epoch)
    logger.info("training done after %.1f s", time.time() - started)

    metrics = {"loss": history[-1]["loss"], "val_accuracy": history[-1]["val_accuracy"], "history": history}
    with open(os.path.join(args.output, "metrics.json"), "w") as file:
        json.dump(metrics, file, indent=2)
    spark.stop()


if __name__ == "__main__":
    main()
