"""Everything, from the raw files to the comparison: python3 run_all.py"""
import os
import sys
from pathlib import Path

here = Path(__file__).resolve().parent
data_folder = Path(os.environ.get("REPLICATE_DATA", here.parent / "@DATA@"))


def data_file(path):
    file = data_folder / path
    if not file.exists():
        raise SystemExit(
            f"there is no {file.resolve()}: put it there (data/ACCESS.md of a package says how others come by it), "
            "or name the folder that has it by REPLICATE_DATA"
        )
    return file


def own_file(path):
    return here.parent / path


for script in ("tables.py", "models.py", "1_data.py", "2_variables.py", "3_estimates.py"):
    exec(compile((here / script).read_text(encoding="utf-8"), str(here / script), "exec"), globals())
agrees = compare_all(own_file("expected"))
if not hasattr(sys, "ps1"):
    sys.exit(0 if agrees else 1)
