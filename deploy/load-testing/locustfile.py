"""Load for the chat app, by Locust: users who ask, read the streamed answer to its end, think, and ask on.

Entries, beside Locust's own sum (durations in milliseconds, from the moment that the question is sent):

  first_event   until the first line of the stream: the app has taken the question
  first_word    until the first piece of the answer that has text: what a person waits for
  whole_answer  until the stream has ended, with an answer; fails with what went wrong
  throttled     until it was clear that the models have no quota left, after the app has waited once: a failure, counted here alone
  limited       429 of the chat app itself, whose limit of questions was reached: a failure, counted here alone
  sign_in, tidy_up   what a user does before and after

Set by the environment; LOCUST_USERS, LOCUST_SPAWN_RATE, LOCUST_RUN_TIME and LOCUST_HOST are Locust's own:

  CHAT_USER, CHAT_PASSWORD   sign in by password; without, and without a key, nobody signs in
  CHAT_API_KEY               in place of them: one of SPILLWAY_CHAT_API_KEYS of the chat app
  CHAT_QUESTIONS             questions, between them "|"; default: on the documents that the app comes with
  CHAT_TURNS                 questions of one conversation, which is then removed; default 3
  CHAT_THINK_SECONDS         between answer and next question, half to one and a half times that; default 5
"""

import json
import os
import random
import time

import requests
from locust import HttpUser, task
from locust.exception import StopUser

QUESTIONS = [
    "By how much does a dog raise the deposit?",
    "How much is the deposit?",
    "When is the heating on?",
    "How late may I arrive?",
]

# Limits of one answer: an app that never ends is a failure, not a wait without end.
CONNECT_SECONDS_MAX = 10
SILENCE_SECONDS_MAX = 120
ANSWER_SECONDS_MAX = 300
ANSWER_BYTES_MAX = 4 * 1024 * 1024
# Small, so that a line is told when it is there.
READ_BYTES = 512


class BadAnswer(Exception):
    """Why an answer is none. `kind` as the app's error events have it."""

    def __init__(self, kind, message):
        super().__init__(f"{kind}: {message}")
        self.kind = kind


def number_of(name, default, least):
    """A number of the environment. One that is none ends the run at its start, in words."""
    text = os.environ.get(name, "") or str(default)
    try:
        number = float(text)
    except ValueError:
        number = least - 1
    if number < least:
        raise SystemExit(f"{name}={text}: is no number from {least} on; leave it out for {default}")
    return number


def questions_of():
    asked = [question.strip() for question in os.environ.get("CHAT_QUESTIONS", "").split("|")]
    return [question for question in asked if question] or QUESTIONS


class Reading:
    """What the stream has told so far. Knows no clock and no network."""

    def __init__(self):
        self.conversation = None
        self.has_word = False
        self.is_done = False

    def take(self, line):
        """One line of the stream. Raises BadAnswer where it says that there will be no answer."""
        event = json.loads(line)
        kind = event.get("type")
        if kind == "begun":
            self.conversation = event["conversationId"]
        elif kind == "delta" and event.get("text", "").strip():
            self.has_word = True
        elif kind == "error":
            raise BadAnswer(event.get("kind", "internal"), event.get("message", ""))
        elif kind == "done":
            self.is_done = True
        return kind

    def end(self):
        if not self.is_done:
            raise BadAnswer("cut", "the stream ended before its end")
        if not self.has_word:
            raise BadAnswer("empty", "the stream ended well, and held no answer")


class Asker(HttpUser):
    """Locust starts as many as LOCUST_USERS says."""

    questions = questions_of()
    turns = int(number_of("CHAT_TURNS", 3, 1))
    think_seconds = number_of("CHAT_THINK_SECONDS", 5, 0)

    def wait_time(self):
        return self.think_seconds * random.uniform(0.5, 1.5)

    def on_start(self):
        self.conversation = None
        self.asked = 0
        key = os.environ.get("CHAT_API_KEY", "")
        if key:
            self.client.headers["authorization"] = f"Bearer {key}"
        elif os.environ.get("CHAT_PASSWORD", ""):
            self.sign_in()

    def sign_in(self):
        body = {"user": os.environ.get("CHAT_USER", "owner"), "password": os.environ["CHAT_PASSWORD"]}
        answer = self.client.post("/api/sign-in", json=body, name="sign_in", timeout=CONNECT_SECONDS_MAX)
        if answer.status_code >= 400:
            raise StopUser()

    def on_stop(self):
        self.tidy_up()

    @task
    def ask(self):
        began = time.perf_counter()
        reading = Reading()
        try:
            read = self.read_answer(began, reading)
            self.tell("whole_answer", began, read)
        except BadAnswer as failure:
            entry = failure.kind if failure.kind in ("throttled", "limited") else "whole_answer"
            self.tell(entry, began, 0, failure)
        except Exception as failure:  # Connections that break have many names.
            self.tell("whole_answer", began, 0, failure)
        self.conversation = reading.conversation or self.conversation
        self.asked += 1
        if self.asked >= self.turns:
            self.tidy_up()

    def read_answer(self, began, reading):
        """Asks, and reads to the end. Bytes."""
        body = {"question": random.choice(self.questions), "conversationId": self.conversation}
        url = self.host.rstrip("/") + "/api/chat"
        times = (CONNECT_SECONDS_MAX, SILENCE_SECONDS_MAX)
        # Past Locust's own way of sending, which would count an answer as whole when its head is there.
        with requests.Session.request(self.client, "POST", url, json=body, stream=True, timeout=times) as answer:
            if answer.status_code != 200:
                raise refusal_of(answer)
            return self.read_lines(answer, began, reading)

    def read_lines(self, answer, began, reading):
        read = 0
        lines = 0
        for line in answer.iter_lines(chunk_size=READ_BYTES):
            read += len(line) + 1
            if read > ANSWER_BYTES_MAX:
                raise BadAnswer("tooLong", f"more than {ANSWER_BYTES_MAX} bytes")
            if time.perf_counter() - began > ANSWER_SECONDS_MAX:
                raise BadAnswer("timeout", f"not done after {ANSWER_SECONDS_MAX} s")
            if not line:
                continue
            had_word = reading.has_word
            reading.take(line)
            lines += 1
            if lines == 1:
                self.tell("first_event", began, read)
            if reading.has_word and not had_word:
                self.tell("first_word", began, read)
        reading.end()
        return read

    def tidy_up(self):
        """Removes the conversation of this user, so that a run leaves nothing behind."""
        if self.conversation is not None:
            path = f"/api/conversations/{self.conversation}"
            self.client.delete(path, name="tidy_up", timeout=CONNECT_SECONDS_MAX)
        self.conversation = None
        self.asked = 0

    def tell(self, name, began, read, failure=None):
        self.environment.events.request.fire(
            request_type="CHAT",
            name=name,
            response_time=(time.perf_counter() - began) * 1000,
            response_length=read,
            exception=failure,
            context={},
        )


def refusal_of(answer):
    """What the app says in place of a stream."""
    try:
        error = answer.json()["error"]
    except (ValueError, KeyError, TypeError):
        error = {}
    kind = "limited" if answer.status_code == 429 else str(error.get("code", "refused"))
    return BadAnswer(kind, f"{answer.status_code} {error.get('message', '')}".strip())
