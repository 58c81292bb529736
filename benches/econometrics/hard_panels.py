"""Effects that separate well and hardly: Vintner beside pyfixest, which demeans by the crate `within` at a tolerance of 1e-12, and by
its default, alternating projections at 1e-6. See benches/README.md.

    python3 -m venv /tmp/peers && /tmp/peers/bin/pip install pyfixest
    /tmp/peers/bin/python benches/econometrics/hard_panels.py
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent

#: What a panel is made of, and the effects that are absorbed.
PANELS = {
    "easy": "a new firm each year",
    "movers": "3 % change to any firm each year",
    "chain": "3 % change to the next firm each year",
    "industries": "as movers; ten firms an industry, 1 % of rows in the next one",
    "establishments": "as movers; three establishments a firm, 1 % of rows in one of another firm",
}


def make(folder, kind, rows):
    """Workers over ten years, ten workers a firm."""
    folder.mkdir(parents=True, exist_ok=True)
    draw = np.random.default_rng(19)
    years, workers = 10, rows // 10
    firms = max(workers // 10, 20)
    moves = draw.random((workers, years)) < (1.0 if kind == "easy" else 0.03)
    moves[:, 0] = True
    if kind == "chain":
        moves[:, 0] = False
        firm = (np.arange(workers)[:, None] * firms // workers + np.cumsum(moves, axis=1)) % firms
    else:
        since = np.maximum.accumulate(np.where(moves, np.arange(years), 0), axis=1)
        firm = np.take_along_axis(draw.integers(0, firms, (workers, years)), since, axis=1)
    worker = np.repeat(np.arange(workers), years)
    year = np.tile(np.arange(years), workers)
    firm = firm.ravel()
    odd = draw.random(rows) < 0.01
    if kind == "industries":
        other = (firm // 10 + odd) % (firms // 10)
    elif kind == "establishments":
        other = 3 * np.where(odd, draw.integers(0, firms, rows), firm) + draw.integers(0, 3, rows)
    else:
        other = year
    effects = draw.normal(size=workers)[worker] + draw.normal(size=firms)[firm]
    x1 = draw.normal(size=rows) + 0.5 * effects
    x2 = draw.normal(size=rows) + np.sin(year)
    y = x1 - 0.5 * x2 + effects + draw.normal(size=rows)
    for name, values in [("worker", worker), ("year", year), ("firm", firm), ("other", other)]:
        values.astype("<i4").tofile(folder / f"{name}.i32")
    for name, values in [("y", y), ("x1", x1), ("x2", x2)]:
        values.astype("<f8").tofile(folder / f"{name}.f64")


def processor():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def frame(folder):
    import pandas

    columns = {name: np.fromfile(folder / f"{name}.i32", "<i4") for name in ["worker", "year", "firm", "other"]}
    columns.update({name: np.fromfile(folder / f"{name}.f64", "<f8") for name in ["y", "x1", "x2"]})
    return pandas.DataFrame(columns)


#: pyfixest's ways to demean.
PEERS = {"within": "pyfixest, `within`", "default": "pyfixest, default"}


def pyfixest_worker(folder, way):
    """A line of effects in, a line of JSON out."""
    import warnings

    warnings.filterwarnings("ignore")
    import pyfixest

    data = frame(folder)
    how = {}
    if way == "within":
        from pyfixest.demeaners import LsmrDemeaner

        how["demeaner"] = LsmrDemeaner(backend="within", fixef_atol=1e-12, fixef_btol=1e-12)
    pyfixest.feols("y ~ x1 + x2 | worker + firm", data.iloc[:2000], vcov={"CRV1": "worker"}, **how)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        used, start = processor(), time.perf_counter()
        try:
            fit = pyfixest.feols(f"y ~ x1 + x2 | {' + '.join(line.split())}", data, vcov={"CRV1": "worker"},
                                 copy_data=False, store_data=False, **how)
            answer = {"coef": [float(b) for b in fit.coef()]}
        except Exception as error:  # what it can't do is a line of the table
            answer = {"failed": str(error).splitlines()[0][:60]}
        seconds = {"seconds": time.perf_counter() - start, "processor": processor() - used}
        print(json.dumps({**seconds, **answer}), flush=True)


def ask(command, lines, limit):
    """A process's answers; one that takes longer than the limit is ended."""
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        out, _ = process.communicate("".join(f"{line}\n" for line in lines), timeout=limit)
    except subprocess.TimeoutExpired:
        process.kill()
        out, _ = process.communicate()
    return [json.loads(line) for line in out.splitlines()[1:]]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=lambda text: int(float(text)), action="append")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--limit", type=float, default=120, help="seconds for one program's rounds on one panel")
    parser.add_argument("--program", help="the bench, built before")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/bench-hard-panels"))
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--way", choices=PEERS, help=argparse.SUPPRESS)
    parser.add_argument("--kinds", nargs="*", default=list(PANELS))
    arguments = parser.parse_args()
    if arguments.work:
        pyfixest_worker(arguments.work, arguments.way)
        return
    program = arguments.program
    if not program:
        import bench

        program = bench.binary("hard_panels")
    heads = " | ".join(PEERS.values())
    print(f"| panel | rows | effects | Vintner: seconds (of processor) | {heads} | largest difference |\n|{'---|' * (5 + len(PEERS))}")
    for rows in arguments.rows or [100_000, 200_000, 1_000_000]:
        for kind in arguments.kinds:
            folder = arguments.folder / f"{kind}-{rows}"
            make(folder, kind, rows)
            for own_names, names in [("entity firm", "worker firm"), ("entity firm other", "worker firm other")]:
                if kind in ["industries", "establishments"] and own_names == "entity firm":
                    continue
                own = ask([program, str(folder)], [own_names] * arguments.rounds, arguments.limit)
                peers = [ask([sys.executable, __file__, "--work", str(folder), "--way", way],
                             [names] * min(arguments.rounds, 2 if way == "default" else 3), arguments.limit) for way in PEERS]
                say = lambda answers: ("no answer" if not answers else answers[0].get("failed")
                                       or f"{min(one['seconds'] for one in answers):.2f} ({min(one['processor'] for one in answers):.2f})")
                gaps = []
                for peer in peers:
                    both = own and peer and "coef" in own[0] and "coef" in peer[0]
                    gaps.append(f"{max(abs(a - b) for a, b in zip(own[0]['coef'], peer[0]['coef'])):.0e}" if both else "")
                shown = {"worker firm": "worker, firm"}.get(names) or ("worker, firm, " + {
                    "industries": "industry", "establishments": "establishment"}.get(kind, "year"))
                print(f"| {kind} | {rows:,} | {shown} | {say(own)} | {' | '.join(say(peer) for peer in peers)} | {', '.join(gaps)} |", flush=True)


if __name__ == "__main__":
    main()
