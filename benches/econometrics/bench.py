#!/usr/bin/env python3
"""Vintner's fixed effects beside pyfixest and linearmodels, on the same columns, in one session (with plm and all else: table.py).

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install pyfixest linearmodels pandas
    /tmp/peers/bin/python benches/econometrics/bench.py [--rows 1e6] [--rounds 5] [--folder /tmp/bench-econometrics]

Every program is a process that has loaded the columns and waits; they are asked in turn, so that what else the
machine does falls on all of them alike. Times are the least of the rounds and, in brackets, their median; `processor` is
user and system time. Memory is the peak while estimating beyond what the loaded columns took.
"""

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
WORKSPACE = HERE.parent.parent
REGRESSORS = [f"x{k}" for k in range(1, 6)]


def make(folder: Path, rows: int, units: int, kind: str, seed: int = 42) -> None:
    """A panel as raw columns. `balanced`: sorted by unit, then time. `unbalanced`: two thirds of the cells of a panel half as large
    again, at random, in random order, so that both effects don't separate."""
    import numpy as np

    if (folder / "done").exists():
        return
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    periods = rows // units
    if kind == "balanced":
        unit = np.repeat(np.arange(units, dtype=np.int32), periods)
        time_ = np.tile(np.arange(periods, dtype=np.int32), units)
    else:
        wide = periods + periods // 2
        cell = random.choice(units * wide, size=rows, replace=False)
        unit, time_ = (cell // wide).astype(np.int32), (cell % wide).astype(np.int32)
        periods = wide
    of_unit, of_time = random.standard_normal(units), random.standard_normal(periods)
    y = of_unit[unit] + of_time[time_]
    for name, slope in zip(REGRESSORS, [1, -0.5, 0.25, 0, 0.1]):
        x = random.standard_normal(rows) + 0.5 * of_unit[unit] + 0.3 * of_time[time_]
        x.astype("<f8").tofile(folder / f"{name}.f64")
        y += slope * x
    y += random.standard_normal(rows) * (1 + 0.5 * np.abs(of_unit[unit]))
    unit.astype("<i4").tofile(folder / "id.i32")
    time_.astype("<i4").tofile(folder / "t.i32")
    y.astype("<f8").tofile(folder / "y.f64")
    (folder / "done").touch()


def load(folder: Path):
    import numpy as np
    import pandas

    columns = {"id": np.fromfile(folder / "id.i32", "<i4"), "t": np.fromfile(folder / "t.i32", "<i4")}
    for name in ["y", *REGRESSORS]:
        columns[name] = np.fromfile(folder / f"{name}.f64", "<f8")
    return pandas.DataFrame(columns, copy=False)


def memory(what: str) -> int:
    for line in open("/proc/self/status"):
        if line.startswith(what):
            return int(line.split()[1]) * 1024
    return 0


def processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def work(peer: str, folder: Path) -> None:
    """A peer's process: a set of effects on each line of standard input, an answer on each of standard output."""
    import warnings

    warnings.filterwarnings("ignore")
    frame = load(folder)
    small = frame.iloc[: min(len(frame), 10_000)]
    right = " + ".join(REGRESSORS)
    if peer == "pyfixest":
        import pyfixest

        def fit(data, effects):
            return pyfixest.feols(f"y ~ {right} | {effects.replace('+', ' + ')}", data, vcov={"CRV1": "id"},
                                  copy_data=False, store_data=False)

        for effects in ["id", "id+t"]:
            fit(small, effects)
        answer = lambda model: (list(model.coef()), list(model.se()))
    else:
        from linearmodels.panel import PanelOLS

        frame = frame.set_index(["id", "t"])

        def fit(data, effects):
            model = PanelOLS(data["y"], data[REGRESSORS], entity_effects=True, time_effects="t" in effects.split("+"))
            return model.fit(cov_type="clustered", cluster_entity=True)

        answer = lambda model: (list(model.params), list(model.std_errors))
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        effects = line.strip()
        try:
            open("/proc/self/clear_refs", "w").write("5")
        except OSError:
            pass
        before, used, start = memory("VmRSS"), processor(), time.perf_counter()
        estimates, errors = answer(fit(frame, effects))
        seconds = time.perf_counter() - start
        print(json.dumps({"seconds": seconds, "processor": processor() - used, "extra": memory("VmHWM") - before,
                          "coef": [float(b) for b in estimates], "se": [float(s) for s in errors]}), flush=True)


class Worker:
    def __init__(self, command, threads):
        environment = dict(os.environ)
        if threads:
            for name in ["RAYON_NUM_THREADS", "POLARS_MAX_THREADS", "NUMBA_NUM_THREADS", "OMP_NUM_THREADS",
                         "OPENBLAS_NUM_THREADS"]:
                environment[name] = str(threads)
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=environment, stderr=subprocess.DEVNULL)
        if not self.process.stdout.readline():
            raise RuntimeError(f"{command[0]} didn't start")

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError("no answer")
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def binary(name: str) -> str:
    """Builds one of the benches and says where it is."""
    command = ["cargo", "bench", "--profile", "dev", "--locked", "--workspace", "--bench", name, "--no-run",
               "--message-format", "json"]
    out = subprocess.run(command, cwd=WORKSPACE, stdout=subprocess.PIPE, text=True, check=True).stdout
    found = [json.loads(line) for line in out.splitlines() if line.startswith("{")]
    return [one["executable"] for one in found if one.get("target", {}).get("name") == name and one.get("executable")][-1]


def peers():
    found = []
    for name in ["pyfixest", "linearmodels"]:
        try:
            __import__(name)
            found.append(name)
        except ImportError:
            print(f"{name} isn't installed, left out", file=sys.stderr)
    return found


def ask_in_turn(arguments, rows, units, kind, rounds, program, names, effects, threads=None, chunked=False):
    """Answers of each program, Vintner's among them, on one panel with one set of effects."""
    folder = arguments.folder / f"{kind}-{rows}-{units}"
    make(folder, rows, units, kind)
    commands = {name: [sys.executable, str(HERE / "bench.py"), "--work", name, str(folder)] for name in names}
    commands["Vintner"] = [program, str(folder)]
    if chunked:
        if not (folder / "panel.parquet").exists():
            subprocess.run([program, str(folder), "--write"], check=True)
        commands["Vintner, from Parquet in chunks"] = [program, str(folder), "--chunked"]
    if rows > 2_000_000 or (kind == "unbalanced" and "+" in effects):
        commands.pop("linearmodels", None)
    workers = {name: Worker(command, threads) for name, command in commands.items()}
    answers = {name: [] for name in workers}
    for _ in range(rounds):
        for name, worker in workers.items():
            if name == "linearmodels" and len(answers[name]) >= 2:
                continue
            answers[name].append(worker.ask(effects))
    for worker in workers.values():
        worker.close()
    return answers


def fixed_effects(arguments, rows, units, kind, rounds, program, names, sets, threads=None, chunked=False):
    """Rows of the table for one panel."""
    lines = []
    for effects in sets:
        answers = ask_in_turn(arguments, rows, units, kind, rounds, program, names, effects, threads, chunked)
        own = answers["Vintner"]
        for name in answers:
            worst = max(abs(a - b) / max(abs(b), 1e-3)
                        for key in (["coef"] if name == "linearmodels" else ["coef", "se"])
                        for a, b in zip(own[0][key], answers[name][0][key]))
            if worst > 1e-6:
                print(f"{name} differs by {worst:.1e}", file=sys.stderr)
            times = [one["seconds"] for one in answers[name]]
            best = min(times)
            ratio = best / min(one["seconds"] for one in own)
            processor_ratio = min(o["processor"] for o in answers[name]) / max(min(o["processor"] for o in own), 0.01)
            ours = name.startswith("Vintner")
            lines.append([f"{rows:.0e}", str(units), kind, effects, name, str(threads or os.cpu_count()),
                          f"{best:.3f} ({statistics.median(times):.3f})", f"{min(o['processor'] for o in answers[name]):.2f}",
                          f"{rows / best / 1e6:.1f}", f"{max(o['extra'] for o in answers[name]) / rows:.0f}",
                          "" if ours else f"{ratio:.1f}", "" if ours else f"{processor_ratio:.1f}"])
            show(lines[-1:], header=False)
    return lines


HEADER = ["rows", "units", "panel", "effects", "program", "threads", "seconds: least (median)", "processor s", "million rows/s",
          "extra bytes/row", "x Vintner's time", "x Vintner's processor time"]


def show(lines, header=True):
    if header:
        print("| " + " | ".join(HEADER) + " |\n|" + "---|" * len(HEADER))
    for line in lines:
        print("| " + " | ".join(line) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=lambda text: int(float(text)), default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path("/tmp/bench-econometrics"))
    parser.add_argument("--growth", action="store_true", help="also with other numbers of rows, units and threads")
    parser.add_argument("--without", action="append", default=[], help="leave a program out")
    parser.add_argument("--work", nargs=2, metavar=("PEER", "FOLDER"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.work:
        work(arguments.work[0], Path(arguments.work[1]))
        return
    program = binary("fixed_effects")
    names = [name for name in peers() if name not in arguments.without]
    rows = arguments.rows
    show([])
    for kind in ["balanced", "unbalanced"]:
        fixed_effects(arguments, rows, rows // 10, kind, arguments.rounds, program, names, ["id", "id+t"], chunked=True)
    if arguments.growth:
        for other_rows, units, threads in [(rows // 10, rows // 100, None), (rows, rows // 100, None),
                                           (rows, rows // 1000, None), (rows, rows // 10, 1)]:
            fixed_effects(arguments, other_rows, units, "unbalanced", arguments.rounds, program,
                          [name for name in names if name == "pyfixest"], ["id", "id+t"], threads)


if __name__ == "__main__":
    main()
