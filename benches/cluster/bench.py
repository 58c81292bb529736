#!/usr/bin/env python3
"""What a branch costs on a cluster beyond its own work.

    bench.py --vintner target/release/vintner [--sizes 100,1000] [--seconds 0,1] [--executors local,slurm,hq] [--snakemake PROGRAM]

Branches of `sleep SECONDS` are made from nothing, each by a command of its own, and a second time with nothing to do. Slurm and
hq are whatever is on PATH and runs (SLURM_CONF, `hq server`); `--snakemake` names one with its Slurm plugin. Prints a table in Markdown.

Where the program `hq` can't be had, its Python module has the same server: link crates/vintner/tests/cluster_programs/hyper_queue into PATH
as `hq`, run `PYTHON hyper_queue serve FOLDER 16` and set HQ_SERVER_DIR=FOLDER.

Processor seconds are those of a control group (`--group FOLDER`, with `cpuacct.usage` or `cpu.stat` in it) in which this script and the
cluster's daemons were started, so that what jobs take counts and what else goes on on the machine doesn't.
"""
import argparse, os, shutil, subprocess, sys, tempfile, time
from pathlib import Path

MANIFEST = """title: {en: Made for a benchmark}
kind: public
date: 2024-05-01
notice: {en: Made for a benchmark.}
sources:
  - name: towns
    file: towns.csv
    sha256: "0000000000000000000000000000000000000000000000000000000000000000"
    format: csv
    entity: town
    time: year
    columns: [{column: income, variable: income, unit: dollars}]
    citation: made for a benchmark
    licence: none needed
"""


def workspace(folder, size, seconds, executor, jobs):
    vintage = folder / "data/vintages/v"
    (vintage / "raw").mkdir(parents=True)
    (vintage / "vintage.yaml").write_text(MANIFEST)
    (vintage / "raw/towns.csv").write_text("town,year,income\nAshby,2001,1\n")
    items = ", ".join(f"i{at}" for at in range(size))
    (folder / "pipeline.yaml").write_text(
        "version: 1\nname: bench\nvintage: v\nstages:\n  each:\n"
        f'    run: "sleep {seconds}; echo $item > out.txt"\n    foreach: [{items}]\n    outputs: {{text: out.txt}}\n'
    )
    (folder / "vintner.toml").write_text(
        f'executor = "{executor}"\n[slurm]\njobs = {jobs}\n[hq]\njobs = {jobs}\n'
    )


def timed(command, folder, **more):
    began = time.perf_counter()
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, **more)
    if done.returncode:
        sys.exit(f"{command}: {done.stdout[-2000:]}{done.stderr[-2000:]}")
    return time.perf_counter() - began


def processors(group):
    """Processor seconds of a control group so far."""
    if group is None:
        return float("nan")
    if (group / "cpuacct.usage").exists():
        return int((group / "cpuacct.usage").read_text()) / 1e9
    return int((group / "cpu.stat").read_text().split()[1]) / 1e6


def vintner(program, size, seconds, executor, jobs):
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as name:
        folder = Path(name)
        workspace(folder, size, seconds, executor, jobs)
        command = [program, "reproduce", "--quiet"]
        if executor == "local":
            command += ["-j", str(jobs)]
        return timed(command, folder), timed(command, folder)


def snakemake(program, size, seconds, jobs, partition):
    with tempfile.TemporaryDirectory(dir=os.environ.get("BENCH_FOLDER")) as name:
        folder = Path(name)
        (folder / "Snakefile").write_text(
            f'rule all:\n    input: expand("out/{{at}}.txt", at=range({size}))\n'
            f'rule each:\n    output: "out/{{at}}.txt"\n    shell: "sleep {seconds}; echo {{wildcards.at}} > {{output}}"\n'
        )
        # A Slurm that keeps no accounts is asked by squeue; jobs ask for memory, so that nodes have to declare some.
        command = [program, "--executor", "slurm", "--jobs", str(jobs), "--quiet", "--latency-wait", "20",
                   "--slurm-no-account", "--slurm-status-command", "squeue", "--slurm-init-seconds-before-status-checks", "1",
                   "--default-resources", f"slurm_partition='{partition}'", "mem_mb=50", "runtime=5"]
        return timed(command, folder), timed(command, folder)


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--vintner", required=True)
    options.add_argument("--sizes", default="100,1000")
    options.add_argument("--seconds", default="0,1")
    options.add_argument("--executors", default="local,slurm,hq")
    options.add_argument("--snakemake")
    options.add_argument("--partition", default="debug", help="where Snakemake's jobs go")
    options.add_argument("--group", type=Path, help="the control group whose processor time counts")
    options.add_argument("--jobs", type=int, default=48, help="jobs at once")
    given = options.parse_args()
    program = str(Path(given.vintner).resolve())
    print(
        "| by | branches | of | from nothing | beyond its work, each | processors, each | again |\n|---|---|---|---|---|---|---|"
    )
    for seconds in map(float, given.seconds.split(",")):
        for size in map(int, given.sizes.split(",")):
            ways = {name: (lambda name=name: vintner(program, size, seconds, name, given.jobs))
                    for name in given.executors.split(",")}
            if given.snakemake:
                ways["Snakemake, Slurm"] = lambda: snakemake(
                    given.snakemake, size, seconds, given.jobs, given.partition
                )
            for name, way in ways.items():
                client = {"slurm": "sbatch", "hq": "hq"}.get(name)
                if client and not shutil.which(client):
                    print(f"| {name} | | | skipped: `{client}` isn't here | | | |")
                    continue
                before = processors(given.group)
                first, again = way()
                taken = (processors(given.group) - before) / size * 1000
                work = seconds * size / given.jobs
                print(f"| {name} | {size} | {seconds:g} s | {first:.1f} s | {(first - work) / size * 1000:.1f} ms | "
                      f"{taken:.1f} ms | {again:.2f} s |", flush=True)


if __name__ == "__main__":
    main()
