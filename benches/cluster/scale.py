#!/usr/bin/env python3
"""Simulates a run of many branches on a cluster with a shared bucket: docs/design/scale.md has what it prints.

    python3 scale.py [--branches 1e4,1e5,1e6] [--workers 100,1000] [--seconds 0.1,1,60]

Events in the order of time: the run submits arrays of jobs, the queue starts them on workers, workers make branches and write
them, the run hears of them. Nothing is drawn at random but the branches' times (a log-normal of fixed seed), so that two
calls print the same. What things cost is in `Costs`, each with where it is from.
"""

import argparse
import dataclasses
import heapq
import math
import random


@dataclasses.dataclass(frozen=True)
class Costs:
    """Seconds unless said otherwise."""

    # Measured on 2 cores (docs/design/scale.md): the run's own processor time for a branch
    # (fingerprint, look, record), and what a worker spends on one beyond its work.
    run_of_a_branch: float = 0.35e-3
    worker_of_a_branch: float = 4e-3
    # A raw array of 1,000 jobs on Slurm 22.05 (two cores, pretended processors): 42 s. One array at a time.
    start_of_a_job: float = 42e-3
    submission: float = 0.3
    # A file system of the network: so many files are made, renamed or looked up in a second by all together (NFS over an SSD;
    # large Lustre systems do tens of thousands).
    metadata: float = 10_000
    # A branch leaves an object and a record, each made beside its place, renamed and looked up, and a line in the job's answer.
    metadata_of_a_branch: float = 7
    # The run looks into the answers of jobs that run, at most each second, and lists the queue every ten.
    look: float = 1.0
    list: float = 10.0
    # Groups of branches take about a minute, up to ten where very many wait; jobs in the queue at once.
    group: float = 60.0
    rounds: float = 8.0
    longer: float = 10.0
    group_most: int = 1000
    jobs: int = 1000
    # A bucket (Amazon's list prices of 2024, us-east-1): dollars a request that writes or lists, that reads, a GB-month.
    put: float = 5e-6
    get: float = 4e-7
    month: float = 0.023
    # Of a branch with small outputs, measured: bytes of a record, of a record in a packed part of the index, of its objects.
    record: int = 750
    packed: int = 81
    objects: int = 4_000
    # Requests at once, and what one takes there and back.
    transfers: int = 32
    request: float = 50e-3


COSTS = Costs()


@dataclasses.dataclass
class Run:
    branches: int
    workers: int
    seconds: float

    def simulate(self, costs=COSTS):
        draw = random.Random(1)
        # Times within a factor of three or so of their mean.
        spread = 0.5
        of_branch = lambda: draw.lognormvariate(math.log(self.seconds) - spread**2 / 2, spread)
        each = self.seconds + costs.worker_of_a_branch
        target = lambda left: max(
            min(costs.group, max(5.0, left * each / costs.jobs)),
            min(left * each / costs.jobs / costs.rounds, costs.group * costs.longer),
        )
        left = self.branches
        clock_run = clock_queue = clock_files = 0.0
        busy_run = 0.0
        free = [0.0] * self.workers
        heapq.heapify(free)
        ends = []  # (when a job ends, its branches)
        jobs = submissions = 0
        last = 0.0
        while left > 0 or ends:
            # As many jobs as may stand in the queue go to it.
            while left > 0 and len(ends) < costs.jobs:
                own = min(max(1, min(costs.group_most, round(target(left) / each))), left)
                left -= own
                jobs += 1
                busy_run += own * costs.run_of_a_branch
                clock_run += own * costs.run_of_a_branch
                if jobs % 1000 == 1:
                    submissions += 1
                    clock_run += costs.submission
                worker = heapq.heappop(free)
                clock_queue = max(clock_queue, clock_run, worker) + costs.start_of_a_job
                work = sum(of_branch() for _ in range(own)) + own * costs.worker_of_a_branch
                # What the file system can't take at once, waits.
                written = own * costs.metadata_of_a_branch / costs.metadata
                clock_files = max(clock_files + written, clock_queue)
                end = max(clock_queue + work, clock_files)
                heapq.heappush(free, end)
                heapq.heappush(ends, (end, own))
            if ends:
                end, own = heapq.heappop(ends)
                clock_run = max(clock_run, end) if len(ends) + 1 >= costs.jobs or left == 0 else clock_run
                last = max(last, end)
        wall = max(last, clock_run) + costs.look
        work = self.branches * self.seconds
        looks = wall / costs.look
        return {
            "jobs": jobs,
            "wall": wall,
            "beyond": (wall - work / self.workers) * self.workers / self.branches,
            "efficiency": work / self.workers / wall,
            "run": busy_run / wall,
            "metadata": (self.branches * costs.metadata_of_a_branch + looks * min(self.workers, jobs)) / wall,
            "lists": math.ceil(wall / costs.list),
        }


def bucket(branches, costs=COSTS):
    """What the results cost in a bucket: pushed once, pulled into a fresh clone once."""
    objects = branches
    # Parts of the index are put together as they grow, so that there are few.
    index = branches * costs.packed
    pushed, pulled = objects + 5, objects + 5
    return {
        "size": branches * (costs.objects + costs.packed),
        "index": index,
        "push": pushed * costs.put,
        "pull": pulled * costs.get,
        "month": branches * (costs.objects + costs.packed) / 1e9 * costs.month,
        "push_time": pushed * costs.request / costs.transfers,
        "pull_time": pulled * costs.request / costs.transfers,
    }


def time_of(seconds):
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def size_of(size):
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.0f} MB"


def main():
    numbers = lambda text: [float(part) for part in text.split(",")]
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--branches", type=numbers, default=[1e4, 1e5, 1e6])
    parser.add_argument("--workers", type=numbers, default=[100, 1000])
    parser.add_argument("--seconds", type=numbers, default=[0.1, 1, 60])
    asked = parser.parse_args()
    print("| branches | workers | of | jobs | wall | of which work | beyond its work, a branch and worker | the run's processor | files looked up or made, a second |")
    print("|---|---|---|---|---|---|---|---|---|")
    for branches in asked.branches:
        for workers in asked.workers:
            for seconds in asked.seconds:
                found = Run(int(branches), int(workers), seconds).simulate()
                print(
                    f"| {branches:,.0f} | {workers:,.0f} | {seconds:g} s | {found['jobs']:,} | {time_of(found['wall'])} "
                    f"| {found['efficiency']:.0%} | {found['beyond'] * 1000:,.0f} ms | {found['run']:.1%} | {found['metadata']:,.0f} |"
                )
    print("\n| branches | in a bucket | index, read by each clone | push: requests, dollars, time | pull | dollars a month |")
    print("|---|---|---|---|---|---|")
    for branches in asked.branches:
        found = bucket(int(branches))
        print(
            f"| {branches:,.0f} | {size_of(found['size'])} | {size_of(found['index'])} | {branches + 5:,.0f}, "
            f"{found['push']:.2f}, {time_of(found['push_time'])} | {found['pull']:.2f}, {time_of(found['pull_time'])} | {found['month']:.2f} |"
        )


if __name__ == "__main__":
    main()
