"""As much of `requests` as the plan uses, over http.client: for machines that have neither it nor Locust."""

import http.client
import json as to_json
import urllib.parse


class Response:
    def __init__(self, connection, answer):
        self._connection = connection
        self._answer = answer
        self.status_code = answer.status

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._connection.close()

    def json(self):
        return to_json.loads(self._answer.read())

    def iter_lines(self, chunk_size):
        """As the real one: in pieces, as they come, of `chunk_size` bytes at most."""
        rest = b""
        while True:
            piece = self._answer.read1(chunk_size)
            if not piece:
                break
            *lines, rest = (rest + piece).split(b"\n")
            yield from lines
        if rest:
            yield rest


class Session:
    def __init__(self):
        self.headers = {}
        self._cookies = {}

    def request(self, method, url, json=None, stream=False, timeout=None):
        parts = urllib.parse.urlsplit(url)
        connect, silence = timeout if isinstance(timeout, tuple) else (timeout, timeout)
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=connect)
        connection.connect()
        connection.sock.settimeout(silence)
        headers = {**self.headers, "content-type": "application/json"}
        if self._cookies:
            headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self._cookies.items())
        connection.request(method, parts.path, None if json is None else to_json.dumps(json), headers)
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("set-cookie") or []:
            name, _, value = cookie.split(";")[0].partition("=")
            self._cookies[name] = value
        response = Response(connection, answer)
        if not stream:
            answer.read()
            connection.close()
        return response
