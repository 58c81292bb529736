#!/usr/bin/env python3
"""Makes the pictures of README from what the program really prints and writes: make.py PROGRAM

Works on a copy of the paper. Needs chromium and Pillow. `crates/vintner/tests/pictures.rs` holds the pictures
of a terminal to the program's output of today, so that they can't go stale unseen.
"""

import hashlib
import html
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unicodedata

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parent.parent
NUMBER = "1/沧州/lnEG"
RAW = "data/vintages/reconstructed/raw/汇率.csv"
# A cell as a statistical office might correct it.
BEFORE, AFTER = "2009,6.8325", "2009,6.8310"


def main(program):
    program = str(pathlib.Path(program).resolve())
    with tempfile.TemporaryDirectory() as folder:
        paper = pathlib.Path(folder)
        for part in ("pipeline.yaml", "data", "reports/templates"):
            source = REPOSITORY / part
            if not source.exists():
                continue
            if source.is_dir():
                shutil.copytree(source, paper / part)
            else:
                shutil.copy(source, paper / part)

        def said(*arguments):
            command = [program, *arguments]
            return subprocess.run(command, cwd=paper, check=True, capture_output=True, text=True).stdout

        said("reproduce")
        said("audit", "--html")
        reports = paper / "reports/reconstructed"
        pages = reports / "audit"
        trace = next(page for page in (pages / "trace").glob("1-*") if "<h1>Table 1, 沧州</h1>" in page.read_text())
        shoot(reports / "report.html", "#table-1", HERE / "report.png", 1500, 960, 580)
        shoot(trace, "#page-cells", HERE / "audit.png", 1100, 560, 500)
        write_terminal("trace.svg", f"vintner trace {NUMBER}", without_digests(said("trace", NUMBER)), 36)
        change_a_cell(paper)
        write_terminal("why.svg", "vintner why table3", said("why", "table3"), 40)


def change_a_cell(paper):
    raw, manifest = paper / RAW, paper / "data/vintages/reconstructed/vintage.yaml"
    before = raw.read_bytes()
    after = before.replace(BEFORE.encode(), AFTER.encode())
    assert before != after
    raw.write_bytes(after)
    text = manifest.read_text()
    digests = [hashlib.sha256(content).hexdigest() for content in (before, after)]
    assert digests[0] in text
    manifest.write_text(text.replace(*digests))


def without_digests(text):
    """Digests of runs change with the code; everything else of the picture is the paper's."""
    return re.sub(r" +[0-9a-f]{16}$", "", text, flags=re.MULTILINE)


def width(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def write_terminal(name, command, text, most):
    lines = text.rstrip("\n").split("\n")
    if len(lines) > most:
        lines = [*lines[:most], "…"]
    lines = [f"$ {command}", *lines]
    step, height = 7.83, 19
    columns = max(map(width, lines))
    w, h = round(columns * step + 36), len(lines) * height + 34
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img">',
        f"<title>{html.escape(command)}</title>",
        f'<rect width="{w}" height="{h}" rx="8" fill="#14171c"/>',
        '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13" fill="#d6dbe3"'
        ' xml:space="preserve">',
    ]
    for number, line in enumerate(lines):
        y = 29 + number * height
        look = ' fill="#7ee0a1"' if number == 0 else ""
        # Each piece between wide blanks or of one width stands where it stands in a terminal, whatever fonts a
        # reader has.
        column = 0
        pieces = []
        for piece in re.findall(r"[\u2e80-\uffef]+|(?:[^\u2e80-\uffef ]| (?! ))+|  +", line):
            if piece.strip():
                inner = len(piece) - len(piece.lstrip())
                x = 18 + (column + inner) * step
                length = (width(piece.strip())) * step
                pieces.append(
                    f'<tspan x="{x:.1f}" textLength="{length:.1f}">{html.escape(piece.strip())}</tspan>'
                )
            column += width(piece)
        if pieces:
            out.append(f'<text y="{y}"{look}>{"".join(pieces)}</text>')
    (HERE / name).write_text("\n".join([*out, "</g>", "</svg>", ""]))


def shoot(page, part, into, window, wide, high):
    """A picture of a page from a part of it on, in a window that is so wide."""
    from PIL import Image

    own = page.with_name("picture-of-" + page.name)
    script = (
        "<script>addEventListener('load', () => { document.title = 'at:' +"
        f" ['top', 'left'].map(side => document.querySelector('{part}').getBoundingClientRect()[side]).join(); }})"
        "</script>"
    )
    # The page itself lets no script run but its own.
    text = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text())
    own.write_text(text.replace("</body>", script + "</body>"))
    base = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--timeout=8000"]
    dom = subprocess.run(
        [*base, f"--window-size={window},{high}", "--dump-dom", own.as_uri()],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    place = re.search(r"<title>at:([-0-9.e]+),([-0-9.e]+)</title>", dom)
    top, left = (max(0, int(float(place[side])) - 16) for side in (1, 2))
    shot = own.with_suffix(".png")
    subprocess.run(
        [*base, f"--window-size={window},{top + high}", f"--screenshot={shot}", own.as_uri()],
        check=True, capture_output=True,
    )  # fmt: skip
    picture = Image.open(shot).convert("RGB").crop((left, top, left + wide, top + high))
    picture.quantize(32, dither=Image.Dither.NONE).save(into, optimize=True)
    own.unlink()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
