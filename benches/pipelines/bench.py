#!/usr/bin/env python3
"""The same pipelines in make, Snakemake, DVC, pytask and Vintner, timed in one session.

    python3 bench.py [--peers VENV/bin] [--vintner PROGRAM] [--only NAME,...] [--dvc-cold] [--repetitions 5] [--processors]

Prints a Markdown table: medians of wall time of the whole process (of processor time with --processors), and how many times Vintner's each
is. A tool that isn't found is named and left out. ../README.md says what is measured.
"""

import argparse
import os
import platform
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]
SEED = "a line\n"


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


class Tool:
    """A tool: how a pipeline is written for it, how it is run, and what it leaves behind."""

    name = ""
    program = ""
    left = []

    def __init__(self, program):
        self.program = program

    def version(self):
        said = subprocess.run([self.program, "--version"], capture_output=True, text=True)
        return (said.stdout or said.stderr).strip().splitlines()[0].removeprefix("pytask, version ")

    def chain(self, folder, count):
        """Stages of which each copies what the one before it wrote."""
        raise NotImplementedError

    def fan(self, folder, count):
        """Stages of which each copies a file of its own, and one that joins all copies."""
        raise NotImplementedError

    def prepare(self, folder):
        """What has to be done once in a new folder."""

    def command(self):
        return [self.program]

    def reset(self, folder):
        """Takes away all that a run leaves behind: aside, as ext4 is slow to make files for minutes after
        many were removed. What is aside goes at the end."""
        aside = Path(tempfile.mkdtemp(prefix="aside-", dir=folder.parent))
        for left in ["out", "joined.txt", *self.left]:
            path = folder / left
            if path.exists():
                path.rename(aside / path.name)
        (folder / "out").mkdir()

    def change(self, folder, which, at):
        """Changes what one stage reads, for the time `at`."""
        write(folder, f"in/{which}.txt", f"{SEED}changed {at}\n")

    def came_through(self, joined, before, at):
        """Whether the change is in what all stages make together."""
        return f"changed {at}\n" in joined


class Make(Tool):
    name = "make"

    def command(self):
        return [self.program, "--silent", "--no-builtin-rules", f"--jobs={os.cpu_count()}"]

    def chain(self, folder, count):
        rules = [f"all: out/{count - 1}.txt\n", "out/0.txt: in/0.txt\n\tcp in/0.txt out/0.txt\n"]
        rules += [f"out/{i}.txt: out/{i - 1}.txt\n\tcp out/{i - 1}.txt out/{i}.txt\n" for i in range(1, count)]
        write(folder, "Makefile", "".join(rules))

    def fan(self, folder, count):
        rules = [f"joined.txt: {' '.join(f'out/{i}.txt' for i in range(count))}\n\tcat out/*.txt > joined.txt\n"]
        rules += [f"out/{i}.txt: in/{i}.txt\n\tcp in/{i}.txt out/{i}.txt\n" for i in range(count)]
        write(folder, "Makefile", "".join(rules))


class Snakemake(Tool):
    name = "Snakemake"
    left = [".snakemake"]

    def command(self):
        return [self.program, "--cores", str(os.cpu_count())]

    def chain(self, folder, count):
        rules = [f'rule all:\n    input: "out/{count - 1}.txt"\n']
        for i in range(count):
            before = f"out/{i - 1}.txt" if i else "in/0.txt"
            rules.append(
                f'rule s{i}:\n    input: "{before}"\n    output: "out/{i}.txt"\n    shell: "cp {{input}} {{output}}"\n'
            )
        write(folder, "Snakefile", "".join(rules))

    def fan(self, folder, count):
        write(
            folder,
            "Snakefile",
            f'rule joined:\n    input: expand("out/{{i}}.txt", i=range({count}))\n    output: "joined.txt"\n'
            '    shell: "cat out/*.txt > {output}"\n'
            'rule copy:\n    input: "in/{i}.txt"\n    output: "out/{i}.txt"\n    shell: "cp {input} {output}"\n',
        )


class Dvc(Tool):
    name = "DVC"
    left = ["dvc.lock", ".dvc/cache", ".dvc/tmp"]

    def command(self):
        return [self.program, "repro"]

    def prepare(self, folder):
        for arguments in (
            ["init", "--no-scm", "--quiet"],
            ["config", "core.analytics", "false"],
            ["config", "core.check_update", "false"],
        ):
            subprocess.run([self.program, *arguments], cwd=folder, check=True, capture_output=True)

    def chain(self, folder, count):
        stages = ["stages:\n"]
        for i in range(count):
            before = f"out/{i - 1}.txt" if i else "in/0.txt"
            stages.append(
                f"  s{i}:\n    cmd: cp {before} out/{i}.txt\n    deps: [{before}]\n    outs: [out/{i}.txt]\n"
            )
        write(folder, "dvc.yaml", "".join(stages))

    def fan(self, folder, count):
        copies = "".join(f"    - out/{i}.txt\n" for i in range(count))
        write(
            folder,
            "dvc.yaml",
            f"stages:\n  copy:\n    foreach: {list(range(count))}\n    do:\n"
            "      cmd: cp in/${item}.txt out/${item}.txt\n"
            "      deps: ['in/${item}.txt']\n      outs: ['out/${item}.txt']\n"
            f"  joined:\n    cmd: cat out/*.txt > joined.txt\n    deps:\n{copies}    outs: [joined.txt]\n",
        )


class Pytask(Tool):
    name = "pytask"
    left = [".pytask", "__pycache__", "pytask.lock"]

    HEAD = (
        "import shutil\nfrom pathlib import Path\nfrom typing import Annotated\n"
        "from pytask import Product, task\n\nHERE = Path(__file__).parent\n\n"
    )

    def chain(self, folder, count):
        write(
            folder,
            "task_all.py",
            f"{self.HEAD}for i in range({count}):\n"
            '    before = HERE / (f"out/{i - 1}.txt" if i else "in/0.txt")\n\n'
            "    @task(id=str(i))\n"
            '    def task_copy(before: Path = before, copy: Annotated[Path, Product] = HERE / f"out/{i}.txt"):\n'
            "        shutil.copyfile(before, copy)\n",
        )

    def fan(self, folder, count):
        write(
            folder,
            "task_all.py",
            f"{self.HEAD}for i in range({count}):\n"
            "    @task(id=str(i))\n"
            '    def task_copy(own: Path = HERE / f"in/{i}.txt", copy: Annotated[Path, Product] = HERE / f"out/{i}.txt"):\n'
            "        shutil.copyfile(own, copy)\n\n\n"
            f'COPIES = [HERE / f"out/{{i}}.txt" for i in range({count})]\n\n\n'
            'def task_joined(copies: list[Path] = COPIES, joined: Annotated[Path, Product] = HERE / "joined.txt"):\n'
            '    joined.write_text("".join(copy.read_text() for copy in copies))\n',
        )


class Vintner(Tool):
    """Its 1,000 stages are branches of one, as in Snakemake and DVC."""

    name = "Vintner"
    left = [".vintner"]

    HEAD = "version: 1\nname: bench\nvintage: none\nstages:\n"
    JOINED = (
        "  joined:\n    run: cat inputs/copies{} > joined.txt\n    inputs: {}\n    outputs: {{joined: joined.txt}}\n"
        "    publish: {{joined: joined.txt}}\n"
    )

    def command(self):
        return [self.program, "reproduce"]

    def prepare(self, folder):
        # A pipeline runs on a vintage, and a vintage has a source.
        write(folder, "data/vintages/none/raw/none.csv", "year,value\n2000,1\n")
        write(
            folder,
            "data/vintages/none/vintage.yaml",
            "title: {en: Nothing}\nkind: synthetic\ndate: 2026-01-01\nnotice: {en: Nothing at all.}\nsources:\n"
            "  - name: none\n    file: none.csv\n"
            "    sha256: 9d8ca900a6665100813e525ca6b8e33d1f562cd23a7bf3ab658aff7655aea3a2\n"
            "    format: csv\n    time: year\n    covers: [2000, 2000]\n"
            "    columns: [{column: value, variable: value, unit: none, range: [0, 1]}]\n"
            "    citation: none\n    licence: none\n",
        )

    def chain(self, folder, count):
        stages = [self.HEAD]
        for i in range(count):
            reads = f"inputs: {{before: s{i - 1}}}" if i else "files: {before: in/0.txt}"
            before = "inputs/before.txt" if i else "in/0.txt"
            stages.append(f"  s{i}:\n    run: [cp, {before}, copy.txt]\n    {reads}\n    outputs: {{copy: copy.txt}}\n")
        write(folder, "pipeline.yaml", "".join(stages))

    def fan(self, folder, count):
        write(
            folder,
            "pipeline.yaml",
            f"{self.HEAD}  copy:\n    run: cp in/*.txt copy.txt\n    foreach: {list(range(count))}\n"
            '    files: {own: "in/{item}.txt"}\n    outputs: {copy: copy.txt}\n'
            + self.JOINED.format("/*.txt", "{copies: copy}"),
        )


class VintnerWrittenOut(Vintner):
    """The same with each of the 1,000 stages written out, as in make."""

    name = "Vintner (each stage written out)"

    def fan(self, folder, count):
        stages = [self.HEAD]
        for i in range(count):
            stages.append(
                f"  s{i}:\n    run: [cp, in/{i}.txt, copy.txt]\n    files: {{own: in/{i}.txt}}\n"
                "    outputs: {copy: copy.txt}\n"
            )
        reads = ", ".join(f"copies{i}: s{i}" for i in range(count))
        stages.append(self.JOINED.format("*.txt", f"{{{reads}}}"))
        write(folder, "pipeline.yaml", "".join(stages))


class VintnerBuiltIn(Vintner):
    """Stages of an operation that is built in: each reads a frame, multiplies a column and writes two
    frames; a command joins the checksums of all of them."""

    name = "Vintner (built-in operation)"

    PANEL = (
        "  tidy: {op: ingest, foreach: sources, files: {crosswalk: towns.csv}, "
        "params: {window: {first: 2000, last: 2000}}}\n"
        "  panel: {op: assemble, inputs: {tidy: tidy}, files: {crosswalk: towns.csv}, "
        "params: {window: {first: 2000, last: 2000}, variables: [value]}}\n"
    )

    def prepare(self, folder):
        super().prepare(folder)
        write(folder, "towns.csv", "id,en,aliases\nashby,Ashby,\nburton,Burton,\n")

    def chain(self, folder, count):
        stages = [self.HEAD, self.PANEL]
        for i in range(count):
            before, value = (f"s{i - 1}.panel", f"v{i - 1}") if i else ("panel", "value")
            stages.append(f"  s{i}: {{op: derive, inputs: {{panel: {before}}}, params: {{define: {{v{i}: {value} * 2}}}}}}\n")
        write(folder, "pipeline.yaml", "".join(stages))

    def fan(self, folder, count):
        self.factors = list(range(count))
        self.write_fan(folder)

    def write_fan(self, folder):
        factors = "".join(f"    f{i}: {factor}\n" for i, factor in enumerate(self.factors))
        write(
            folder,
            "pipeline.yaml",
            f"{self.HEAD.replace('stages:', 'params:')}  factors:\n{factors}stages:\n{self.PANEL}"
            "  scaled:\n    op: derive\n    foreach: $factors\n    inputs: {panel: panel}\n"
            "    params: {define: {scaled: value * factor}, parameters: {factor: $item}}\n"
            "  joined:\n    run: cat inputs/copies/* | cksum > joined.txt\n    inputs: {copies: scaled.panel}\n"
            "    outputs: {joined: joined.txt}\n    publish: {joined: joined.txt}\n",
        )

    def change(self, folder, which, at):
        self.factors[which] = 0.5 + at
        self.write_fan(folder)

    def came_through(self, joined, before, at):
        return joined != before


TOOLS = [Make, Snakemake, Dvc, Pytask, Vintner, VintnerWrittenOut, VintnerBuiltIn]
MEASURES = [
    "{small} stages, from nothing",
    "{small} stages, nothing to do",
    "{large} stages, from nothing",
    "{large} stages, nothing to do",
    "{large} stages, one file changed",
]


def processor_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


CLOCK = time.perf_counter


def timed(command, folder):
    """Seconds that the whole process takes, with all that it starts; it has to succeed."""
    with tempfile.TemporaryFile() as said:
        environment = dict(os.environ, NO_COLOR="1", DVC_NO_ANALYTICS="1")
        began = CLOCK()
        code = subprocess.call(command, cwd=folder, env=environment, stdout=said, stderr=said, stdin=subprocess.DEVNULL)
        seconds = CLOCK() - began
        if code != 0:
            said.seek(0)
            sys.exit(f"{' '.join(command)} in {folder} failed ({code}):\n{said.read()[-3000:].decode()}")
    return seconds


def median(repetitions, one):
    return statistics.median(one(at) for at in range(repetitions))


def measure(tool, folder, small, large, repetitions, cold_repetitions, cold):
    """Seconds by measure."""
    times = {}

    def from_nothing(at, workspace):
        tool.reset(workspace)
        os.sync()
        return timed(tool.command(), workspace)

    def settle():
        # Tools that go by times of modification read again what is younger than a tick of the clock.
        os.sync()
        time.sleep(2.1)

    chain = folder / "chain"
    write(chain, "in/0.txt", SEED)
    tool.chain(chain, small)
    tool.prepare(chain)
    times[MEASURES[0]] = median(repetitions, lambda at: from_nothing(at, chain))
    settle()
    timed(tool.command(), chain)
    times[MEASURES[1]] = median(2 * repetitions, lambda at: timed(tool.command(), chain))

    fan = folder / "fan"
    for i in range(large):
        write(fan, f"in/{i}.txt", f"{SEED}{i}\n")
    tool.fan(fan, large)
    tool.prepare(fan)
    if not cold:
        return times
    times[MEASURES[2]] = median(cold_repetitions, lambda at: from_nothing(at, fan))
    settle()
    timed(tool.command(), fan)
    times[MEASURES[3]] = median(repetitions, lambda at: timed(tool.command(), fan))

    def changed(at):
        before = (fan / "joined.txt").read_text()
        tool.change(fan, large // 2, at)
        seconds = timed(tool.command(), fan)
        joined = (fan / "joined.txt").read_text()
        assert tool.came_through(joined, before, at), f"{tool.name}: the change didn't come through"
        return seconds

    times[MEASURES[4]] = median(repetitions, changed)
    return times


def shown(seconds):
    return f"{seconds * 1000:.1f} ms" if seconds < 0.1 else f"{seconds * 1000:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def table(results, small, large):
    heads = [what.format(small=f"{small:,}", large=f"{large:,}") for what in MEASURES]
    lines = [
        "| | " + " | ".join(heads) + " |",
        "|:--|" + "--:|" * len(MEASURES),
    ]
    own = results.get("Vintner", {})
    for name, times in results.items():
        cells = []
        for what in MEASURES:
            if what not in times:
                cells.append("left out")
                continue
            ratio = f" ({times[what] / own[what]:.2g}x)" if what in own and name != "Vintner" else ""
            cells.append(shown(times[what]) + ratio)
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--peers", type=Path, help="a folder of programs that is looked through before PATH")
    parser.add_argument("--vintner", type=Path, default=REPOSITORY / "target/debug/vintner", help="Vintner's program")
    parser.add_argument("--only", default="", help="names of tools, separated by commas")
    parser.add_argument("--dvc-cold", action="store_true", help="1,000 stages with DVC too, which takes 21 minutes to begin with")
    parser.add_argument("--repetitions", type=int, default=5, help="medians are of so many")
    parser.add_argument("--cold-repetitions", type=int, default=3, help="the same for 1,000 stages from nothing")
    parser.add_argument("--small", type=int, default=10, help="stages of the small pipeline")
    parser.add_argument("--large", type=int, default=1000, help="stages of the large pipeline")
    parser.add_argument("--processors", action="store_true", help="time of processors, which depends less on what else the machine does")
    arguments = parser.parse_args()
    if arguments.processors:
        global CLOCK
        CLOCK = processor_seconds

    wanted = {name.strip().lower() for name in arguments.only.split(",") if name.strip()}
    search = os.pathsep.join(filter(None, [arguments.peers and str(arguments.peers), os.environ.get("PATH")]))
    results = {}
    print(f"{platform.system()} {platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}")
    for kind in TOOLS:
        if wanted and kind.name.lower() not in wanted:
            continue
        ours = issubclass(kind, Vintner)
        program = str(arguments.vintner.resolve()) if ours else shutil.which(kind.name.lower(), path=search)
        if not program or not Path(program).is_file():
            print(f"{kind.name} isn't installed and is left out")
            continue
        tool = kind(program)
        print(f"{kind.name}: {tool.version()}", flush=True)
        with tempfile.TemporaryDirectory(prefix="bench-") as folder:
            results[kind.name] = measure(
                tool,
                Path(folder),
                arguments.small,
                arguments.large,
                arguments.repetitions,
                1 if kind is Dvc else arguments.cold_repetitions,
                kind is not Dvc or arguments.dvc_cold,
            )
    print()
    print(table(results, arguments.small, arguments.large))


if __name__ == "__main__":
    main()
