"""A working day of the official Python client; prints one line of JSON for each step.

Arguments: server address, an empty folder, the modules with the steps in their order. A line has the title of
the step, its seconds, and `error`: what went wrong as a text, or null.
"""

import importlib
import json
import sys
import time
import traceback
import warnings

import day
import steps

warnings.simplefilter("ignore")
today = day.Day(*sys.argv[1:3])
for name in sys.argv[3:]:
    importlib.import_module(name)
for title, work in steps.STEPS:
    began = time.monotonic()
    error = None
    try:
        work(today)
    except Exception:
        error = traceback.format_exc()
        # What a failed step left undone must not fail the next one.
        if today.ada is not None:
            today.ada.recorded_operations.clear()
    seconds = round(time.monotonic() - began, 2)
    print(json.dumps({"step": title, "seconds": seconds, "error": error}), flush=True)
