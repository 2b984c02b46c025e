"""As much of Locust as the plan uses; users run one after the other, for a given number of questions, and do not think."""

import time

import requests

from .exception import StopUser

__all__ = ["HttpUser", "StopUser", "task"]


def task(function):
    return function


class Environment:
    """What the plan tells is kept as it came."""

    def __init__(self):
        self.entries = []
        self.events = self
        self.request = self

    def fire(self, **entry):
        self.entries.append(entry)


class HttpSession(requests.Session):
    def __init__(self, host, environment):
        super().__init__()
        self._host = host
        self._environment = environment

    def request(self, method, path, name=None, **more):
        began = time.perf_counter()
        answer = super().request(method, self._host + path, **more)
        self._environment.fire(
            request_type=method,
            name=name or path,
            response_time=(time.perf_counter() - began) * 1000,
            response_length=0,
            exception=None if answer.status_code < 400 else Exception(f"{answer.status_code}"),
            context={},
        )
        return answer

    def post(self, path, **more):
        return self.request("POST", path, **more)

    def delete(self, path, **more):
        return self.request("DELETE", path, **more)


class HttpUser:
    def __init__(self, host, environment):
        self.host = host
        self.environment = environment
        self.client = HttpSession(host, environment)
