"""A placed job as files: what moved to Ray, what stays on Spark, and the spec that proves them equal."""
