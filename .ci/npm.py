#!/usr/bin/env python3
"""Makes packages for npm of programs that were built: npm.py OUT TARGET=PROGRAM...

`OUT/vintner` is what people install; `OUT/vintner-linux-x64` and the like hold one program each, and npm installs the
one that fits. TARGET is Rust's name of the system: x86_64-unknown-linux-gnu=target/release/vintner
"""
import json
import shutil
import sys
import tomllib
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
# Node's names of systems and processors. These programs need glibc, which npm can tell from musl.
SYSTEMS = {
    "x86_64-unknown-linux-gnu": ("linux", "x64", {"libc": ["glibc"]}),
    "aarch64-unknown-linux-gnu": ("linux", "arm64", {"libc": ["glibc"]}),
    "x86_64-apple-darwin": ("darwin", "x64", {}),
    "aarch64-apple-darwin": ("darwin", "arm64", {}),
    "x86_64-pc-windows-msvc": ("win32", "x64", {}),
}


def written(folder, package):
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(REPOSITORY / "LICENSE", folder / "LICENSE")
    (folder / "package.json").write_text(json.dumps(package, indent=2) + "\n", encoding="utf-8")


def make(out, programs):
    workspace = tomllib.loads((REPOSITORY / "Cargo.toml").read_text(encoding="utf-8"))["workspace"]["package"]
    python = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    shared = {
        "version": workspace["version"],
        "description": python["description"],
        "license": workspace["license"],
    }
    parts = {}
    for one in programs:
        target, _, program = one.partition("=")
        if target not in SYSTEMS or not Path(program).is_file():
            raise SystemExit(f"npm.py: `{one}`: TARGET=PROGRAM, of these targets: {', '.join(SYSTEMS)}")
        system, processor, more = SYSTEMS[target]
        name = f"vintner-{system}-{processor}"
        folder = out / name
        file = folder / "bin" / ("vintner.exe" if system == "win32" else "vintner")
        written(folder, {"name": name, **shared, "os": [system], "cpu": [processor], **more, "files": ["bin"]})
        file.parent.mkdir(exist_ok=True)
        shutil.copy(program, file)
        file.chmod(0o755)
        parts[name] = workspace["version"]
    whole = out / "vintner"
    written(
        whole,
        {
            "name": "vintner",
            **shared,
            "keywords": python["keywords"],
            "bin": {"vintner": "vintner.js"},
            "files": ["vintner.js"],
            "engines": {"node": ">=18"},
            "optionalDependencies": parts,
        },
    )
    for file in ("vintner.js", "README.md"):
        shutil.copy(REPOSITORY / "clients/npm" / file, whole / file)


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    make(Path(sys.argv[1]), sys.argv[2:])
