"""Runs the users of a plan by the stand-in of Locust: `run.py PLAN '{"host": …, "users": 2, "asks": 3, "limits": {}}'`. Prints what they told."""

import importlib.util
import json
import os
import sys

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "stand-in"))

import locust  # noqa: E402  behind the path that has it

spec = importlib.util.spec_from_file_location("plan", sys.argv[1])
plan = importlib.util.module_from_spec(spec)
spec.loader.exec_module(plan)

order = json.loads(sys.argv[2])
for name, value in order["limits"].items():
    assert hasattr(plan, name), name
    setattr(plan, name, value)

environment = locust.Environment()
stopped = 0
for _ in range(order["users"]):
    user = plan.Asker(order["host"], environment)
    try:
        user.on_start()
        for _ in range(order["asks"]):
            user.ask()
            assert user.wait_time() >= 0
    except locust.StopUser:
        stopped += 1
    user.on_stop()

told = [
    {"name": e["name"], "ms": e["response_time"], "bytes": e["response_length"], "failure": e["exception"] and str(e["exception"])}
    for e in environment.entries
]
print(json.dumps({"entries": told, "stopped": stopped}))
