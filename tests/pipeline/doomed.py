"""Run `c360` in this process, and kill it where a test says.

Usage: doomed.py MODULE:FUNCTION[@TEXT] COMMAND… means SIGKILL as soon as MODULE calls
FUNCTION with arguments whose text holds TEXT.
"""

import functools
import importlib
import os
import signal
import sys


def doom(module_name: str, function_name: str, text: str) -> None:
    module = importlib.import_module(module_name)
    function = getattr(module, function_name)

    @functools.wraps(function)
    def doomed(*args, **kwargs):
        if text in str(args):
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*args, **kwargs)

    setattr(module, function_name, doomed)


if __name__ == "__main__":
    where, _, text = sys.argv.pop(1).partition("@")
    module_name, _, function_name = where.partition(":")
    doom(module_name, function_name, text)

    from orchestration.cli import app

    app()
