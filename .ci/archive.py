#!/usr/bin/env python3
"""Takes the program out of wheels and packs it as cargo-binstall looks for it: archive.py TARGET DIST.

Nothing is compiled twice, and an archive has the very program that was tried as a wheel. The names stand in
crates/vintner/Cargo.toml, too.
"""

import io
import pathlib
import sys
import tarfile
import zipfile


def main(target, dist):
    wheels = sorted(pathlib.Path(dist).glob("vintner-*.whl"))
    if len(wheels) != 1:
        sys.exit(f"{dist}: {len(wheels)} wheels, and one was expected")
    version = wheels[0].name.split("-")[1]
    with zipfile.ZipFile(wheels[0]) as wheel:
        scripts = [name for name in wheel.namelist() if "/scripts/vintner" in name]
        if len(scripts) != 1:
            sys.exit(f"{wheels[0]}: {len(scripts)} programs, and one was expected")
        program = wheel.read(scripts[0])
    folder = f"vintner-{target}-v{version}"
    archive = pathlib.Path(dist) / f"{folder}.tgz"
    with tarfile.open(archive, "w:gz") as packed:
        for name, mode, content in (
            (scripts[0].rsplit("/", 1)[1], 0o755, program),
            ("LICENSE", 0o644, pathlib.Path("LICENSE").read_bytes()),
        ):
            entry = tarfile.TarInfo(f"{folder}/{name}")
            entry.mode, entry.size = mode, len(content)
            packed.addfile(entry, io.BytesIO(content))
    print(archive)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    main(*sys.argv[1:])
