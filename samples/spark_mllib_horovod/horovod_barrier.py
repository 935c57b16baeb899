"""Horovod inside a Spark barrier stage: a Gloo rendezvous on the driver, ranks and environment in the tasks.

Horovod's own launcher starts its workers over ssh or mpirun. Ours are Spark's barrier tasks, already running where the
scheduler put them, so everything the launcher would have told them is worked out here.
"""

import json
import logging
import os
import socket
import time

import psutil
from horovod.runner.common.util.hosts import get_host_assignments, parse_hosts
from horovod.runner.http.http_server import RendezvousServer
from pyspark import BarrierTaskContext

CONNECT_ATTEMPTS = 5
CONNECT_TIMEOUT = 10  # seconds, each attempt
GLOO_TIMEOUT = 120  # seconds, for all workers to meet

logger = logging.getLogger(__name__)


def start_rendezvous(spark, workers):
    """Start the server that the workers meet at; gives the server and its (host, port) as executors reach it."""
    slots = spark.sparkContext.defaultParallelism
    if slots < workers:
        # Spark would wait ten minutes for the missing slots before it gave up on the barrier stage.
        raise RuntimeError(f"{workers} workers need {workers} free cores at the same time, the cluster has {slots}")
    server = RendezvousServer()
    port = server.start()
    # The hosts are not known before the tasks run. The server only counts slots, so one notional host does.
    server.init(get_host_assignments(parse_hosts(f"barrier:{workers}"), workers))
    host = spark.conf.get("spark.driver.host")
    logger.info("rendezvous of %d workers at %s:%d", workers, host, port)
    return server, (host, port)


def stop_rendezvous(server):
    """Stop the server once every worker is done."""
    server.stop()


def join_rendezvous(address):
    """Give this barrier task its place among the workers; call it before `hvd.init()`."""
    context = BarrierTaskContext.get()
    own_address = address_towards(address)
    mine = json.dumps({"host": socket.gethostname(), "address": own_address})
    tasks = [json.loads(message) for message in context.allGather(mine)]
    hosts = [task["host"] for task in tasks]
    if len(set(hosts)) > 1 and any(task["address"].startswith("127.") for task in tasks):
        raise RuntimeError(f"the driver's address {address[0]} is local to one machine: set spark.driver.host")

    place = place_of(context.partitionId(), hosts)
    os.environ.update({f"HOROVOD_{name}": str(value) for name, value in place.items()})
    os.environ["HOROVOD_HOSTNAME"] = hosts[context.partitionId()]
    os.environ["HOROVOD_CONTROLLER"] = "gloo"
    os.environ["HOROVOD_CPU_OPERATIONS"] = "gloo"
    os.environ["HOROVOD_GLOO_RENDEZVOUS_ADDR"] = address[0]
    os.environ["HOROVOD_GLOO_RENDEZVOUS_PORT"] = str(address[1])
    os.environ["HOROVOD_GLOO_IFACE"] = interface_of(own_address)
    os.environ["HOROVOD_GLOO_TIMEOUT_SECONDS"] = str(GLOO_TIMEOUT)
    context.barrier()


def place_of(partition, hosts):
    """Ranks of the task of `partition`, with neighbouring ranks on one host; `hosts` are in the order of partitions."""
    by_host = {host: [p for p, h in enumerate(hosts) if h == host] for host in dict.fromkeys(hosts)}
    local = by_host[hosts[partition]]
    local_rank = local.index(partition)
    across = [host for host, partitions in by_host.items() if len(partitions) > local_rank]
    return {
        "RANK": [p for partitions in by_host.values() for p in partitions].index(partition),
        "SIZE": len(hosts),
        "LOCAL_RANK": local_rank,
        "LOCAL_SIZE": len(local),
        "CROSS_RANK": across.index(hosts[partition]),
        "CROSS_SIZE": len(across),
    }


def address_towards(address):
    """This machine's own address on the route to the rendezvous, which also proves that the server can be reached."""
    for attempt in range(1, CONNECT_ATTEMPTS + 1):
        try:
            with socket.create_connection(address, timeout=CONNECT_TIMEOUT) as connection:
                return connection.getsockname()[0]
        except OSError as error:
            logger.warning("rendezvous %s:%d, attempt %d: %s", *address, attempt, error)
            time.sleep(attempt)
    raise RuntimeError(f"no connection to the rendezvous at {address[0]}:{address[1]}: is a firewall in the way?")


def interface_of(own_address):
    """Name of the network interface that holds `own_address`; Gloo wants the name."""
    if own_address.startswith("127."):
        own_address = "127.0.0.1"
    for name, addresses in psutil.net_if_addrs().items():
        if any(address.address == own_address for address in addresses):
            return name
    raise RuntimeError(f"no network interface holds {own_address}")
