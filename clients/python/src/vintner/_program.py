"""The program: where it is, and what it answers."""

import json
import os
import shutil
import subprocess
import sys
import sysconfig


class VintnerError(Exception):
    """Why the program couldn't answer: ``kind`` is its word for it (docs/json.md), or None."""

    def __init__(self, message, kind=None):
        super().__init__(message)
        self.kind = kind


def program():
    """The program's path: ``VINTNER`` of the environment, the one of this Python, or the one on the PATH."""
    named = os.environ.get("VINTNER")
    if named:
        return named
    name = "vintner.exe" if sys.platform == "win32" else "vintner"
    own = os.path.join(sysconfig.get_path("scripts"), name)
    found = own if os.path.isfile(own) else shutil.which("vintner")
    if not found:
        raise VintnerError(
            "the program vintner isn't found; put it on the PATH, or its path into the variable VINTNER"
        )
    return found


def common(vintage, workspace, data_root):
    """The options that every question takes. A workspace that isn't named is looked for upward."""
    options = ["--quiet"]
    if workspace is not None:
        options += ["-C", os.fspath(workspace)]
    if data_root is not None:
        options += ["--data-root", os.fspath(data_root)]
    if vintage is not None:
        options += ["--vintage", vintage]
    return options


def ask(arguments):
    """The bytes that the program answers; why there are none as an error."""
    command = [program(), *arguments]
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except OSError as error:
        raise VintnerError(f"{command[0]}: {error}") from error
    if done.returncode == 0:
        return done.stdout
    said = done.stderr.decode("utf-8", "replace").strip()
    kind = None
    try:
        fault = json.loads(done.stdout)["error"]
        kind, said = fault["kind"], fault["text"]
    except (ValueError, KeyError, TypeError):
        pass
    raise VintnerError(said or f"vintner ended with exit code {done.returncode}", kind)


def ask_json(arguments):
    """The value that the program answers."""
    return json.loads(ask([*arguments, "--format", "json"]))
