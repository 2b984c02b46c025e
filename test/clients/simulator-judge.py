"""The official `openai` package of Python as a judge of the simulator. Arguments: URLs of a resource and of the admin port, and the resource's key. Prints one line of JSON."""

import json
import sys
import urllib.request

import openai
from openai import AzureOpenAI, OpenAI

url, admin_url, key = sys.argv[1:4]
azure = AzureOpenAI(azure_endpoint=url, api_key=key, api_version="2025-03-01-preview", max_retries=0)
v1 = OpenAI(base_url=f"{url}/openai/v1/", api_key=key, max_retries=0)
HELLO = [{"role": "user", "content": "Hello, say something in 20 words."}]
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"], "additionalProperties": False}
WEATHER = {"name": "get_weather", "description": "Tells the weather of a city.", "parameters": CITY, "strict": True}


def throttle(seconds):
    """Makes the deployment `throttled` refuse for so long."""
    path = f"{admin_url}/admin/resources/openai1/deployments/throttled/throttle"
    asked = urllib.request.Request(path, data=json.dumps({"seconds": seconds}).encode(), method="POST")
    urllib.request.urlopen(asked).close()


def chat(client):
    plain = client.chat.completions.create(model="chat", messages=HELLO)
    stream = client.chat.completions.create(
        model="chat", messages=HELLO, stream=True, stream_options={"include_usage": True}
    )
    text, usage = "", None
    for chunk in stream:
        text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
        usage = chunk.usage or usage
    assert text == plain.choices[0].message.content, text
    assert usage == plain.usage, usage
    called = client.chat.completions.create(
        model="chat", messages=HELLO, tools=[{"type": "function", "function": WEATHER}], tool_choice="required"
    )
    assert "city" in json.loads(called.choices[0].message.tool_calls[0].function.arguments)


def embeddings(client):
    plain = client.embeddings.create(model="embedding", input=["a", "b"], dimensions=64, encoding_format="float")
    packed = client.embeddings.create(model="embedding", input=["a", "b"], dimensions=64)
    for one, other in zip(plain.data, packed.data):
        assert all(abs(x - y) < 1e-6 for x, y in zip(one.embedding, other.embedding))


def completions(client):
    plain = client.completions.create(model="text", prompt="Once", max_tokens=8)
    stream = client.completions.create(model="text", prompt="Once", max_tokens=8, stream=True)
    text = "".join(chunk.choices[0].text for chunk in stream if chunk.choices)
    assert text == plain.choices[0].text, text


def responses(client):
    plain = client.responses.create(model="chat", input="Say something.", store=False)
    with client.responses.stream(model="chat", input="Say something.", store=False) as stream:
        types = [event.type for event in stream]
        assert stream.get_final_response().output_text == plain.output_text
    assert types[0] == "response.created" and types[-1] == "response.completed", types
    question = [{"role": "user", "content": "What is the weather in Oslo?"}]
    tools = [{"type": "function", **WEATHER}]
    first = client.responses.create(model="chat", input=question, tools=tools, store=False)
    call = next(item for item in first.output if item.type == "function_call")
    result = {"type": "function_call_output", "call_id": call.call_id, "output": "Rain."}
    second = client.responses.create(model="chat", input=[*question, *first.output, result], tools=tools, store=False)
    assert second.output_text


def errors(client):
    def raised(kind, **fields):
        try:
            client.chat.completions.create(**{"model": "chat", "messages": HELLO, **fields})
        except kind as error:
            return error
        raise AssertionError(f"no {kind.__name__}")

    filtered = raised(openai.BadRequestError, messages=[{"role": "user", "content": "simulate a content filter refusal"}])
    assert filtered.code == "content_filter", filtered.code
    assert raised(openai.NotFoundError, model="none").code == "DeploymentNotFound"
    throttle(60)
    limited = raised(openai.RateLimitError, model="throttled")
    assert int(limited.response.headers["retry-after-ms"]) > 0


def retries(_client):
    """For longer than the package's own first back-off, which is half a second: only what the headers say helps."""
    throttle(0.8)
    assert azure.with_options(max_retries=1).chat.completions.create(model="throttled", messages=HELLO).choices


CHECKS = [chat, embeddings, completions, responses, errors]
for check in CHECKS:
    for client in (azure, v1):
        check(client)
retries(azure)
print(json.dumps({"version": openai.__version__, "checks": [check.__name__ for check in [*CHECKS, retries]]}))
