"""An API server that cannot be trusted: at random it refuses (403, 409, 410, 422, 429, 5xx), answers with half a body, with
a thing of another kind, with what is no JSON, or not at all; watches break, repeat themselves and tell nonsense. The
operator survives it, makes no child twice, and when the server is itself again everything comes to its end.

    run-with-control-plane python3 -B hostile_campaign.py [--seconds N] [--seed N] [--share P]"""

import argparse
import collections
import json
import random
import threading
import time

from api_proxy import JSON, PASS, Verdict, status_answer
from life import D, OURS, P, T, Life
from replica import wait_until
from simulated_node import Script
from tally import Tally
from vision_resources import dataset, pipeline, training

CALM_SECONDS = 420
REFUSAL_PAUSE = 300  # of the operator, after a status that the server calls invalid
WAVE_SECONDS = 6
REFUSALS = [(403, "Forbidden"), (409, "Conflict"), (410, "Expired"), (422, "Invalid"), (429, "TooManyRequests"),
            (500, "InternalError"), (502, "BadGateway"), (503, "ServiceUnavailable"), (504, "Timeout")]
OTHER_THINGS = [
    {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "x", "namespace": "default"}},
    {"kind": "PodList", "apiVersion": "v1", "metadata": {}, "items": [{"metadata": {"name": "x"}}, {}, None, 7]},
    {"kind": "Dataset", "apiVersion": "visionops.dev/v1alpha1", "metadata": {"name": 7, "uid": [], "resourceVersion": {}}, "spec": "no"},
    {"kind": "Status", "apiVersion": "v1", "status": "Success"},
    [], 7, None, {},
]
NO_JSON = [b"", b"<html><body>502 Bad Gateway</body></html>", b'{"kind": "Job", "metadata": {"name": "', b"\xff\xfe\x00\x01",
           b"k8s\x00\x0a\x03\xff\xff\xff\xff", b"[" * 5000]
STREAM_LINES = [b'{"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired","message":"too old"}}\n',
                b'{"type":"ERROR","object":{"kind":"Status","code":500,"message":"oops"}}\n', b'{"type":"MODIFIED"}\n',
                b'{"type":"ADDED","object":{"kind":"Secret","apiVersion":"v1","metadata":{"name":"s"}}}\n',
                b'{"type":"SURPRISE","object":{}}\n', b"\n\n", b'{"type":"MODI', b"\x00\xff\n"]


class Hostility:
    """What a request meets, from a seed. Called on many threads: the order of requests differs between runs."""

    def __init__(self, seed, share, refuses_status):
        self.chance = random.Random(seed)
        self.refuses_status = refuses_status
        self.lock = threading.Lock()
        self.share = share
        self.done = collections.Counter()
        self.calm = threading.Event()

    def __call__(self, life, asked):
        with self.lock:
            if self.calm.is_set() or self.chance.random() >= self.share:
                return PASS
            name = self.chance.choice(("spoiled_stream", "cut_stream", "refused") if asked.watches else
                                      ("refused", "refused", "refused", "unheard", "unanswered", "half", "other_thing", "no_json", "slow"))
            self.done[name] += 1
            return self.refused(asked) if name == "refused" else getattr(self, name)()

    def refused(self, asked):
        code, reason = self.chance.choice(REFUSALS)
        if code == 422 and asked.path.endswith("/status") and not self.refuses_status:
            code, reason = 409, "Conflict"
        more = {"Retry-After": self.chance.choice(("0", "1", "Fri, 01 Jan 2100 00:00:00 GMT", "-7", "x"))} if code in (429, 503) else {}
        return Verdict(answer=status_answer(code, reason, f"hostile: {reason}", **more))

    def unheard(self):
        return Verdict(unheard=True)

    def unanswered(self):
        return Verdict(unanswered=True)

    def half(self):
        return Verdict(spoil=lambda text: (text, True))

    def other_thing(self):
        return Verdict(answer=(200, {"Content-Type": JSON}, json.dumps(self.chance.choice(OTHER_THINGS)).encode()))

    def no_json(self):
        return Verdict(answer=(self.chance.choice((200, 500)), {"Content-Type": JSON}, self.chance.choice(NO_JSON)))

    def slow(self):
        pause = self.chance.uniform(0.2, 3)
        return Verdict(then=lambda: time.sleep(pause))

    def spoiled_stream(self):
        line, before = self.chance.choice(STREAM_LINES), self.chance.random() < 0.5
        return Verdict(spoil=lambda data: (line + data if before else data + line, False))

    def cut_stream(self):
        return Verdict(spoil=lambda data: (data[:len(data) // 2], True))


class Campaign:
    def __init__(self, options):
        self.options = options
        self.tally = Tally("hostile API server")
        self.hostility = Hostility(options.seed, options.share, options.calm > REFUSAL_PAUSE)
        self.made = []
        self.specs = {}

    def wave(self, life, number):
        """What users apply in one go; they talk to the real server."""
        n = life.namespace
        for kind, manifest in ((D, dataset(n, f"roads-{number}", "Train")), (D, dataset(n, f"holdout-{number}", "Val")),
                               (P, pipeline(n, f"cut-{number}", f"roads-{number}", f"cut-{number}-out")),
                               (T, training(n, f"learn-{number}", {"name": f"roads-{number}"}, f"holdout-{number}"))):
            name = manifest["metadata"]["name"]
            self.specs[kind, name] = life.client.create(kind, manifest)["spec"]
            self.made.append((kind, name))

    def run(self):
        with Life("hostile", self.hostility) as life:
            life.script = None
            life.node.script = lambda run: Script(0.2)
            end, number = time.monotonic() + self.options.seconds, 0
            while time.monotonic() < end:
                self.wave(life, number)
                number += 1
                self.hostility.calm.wait(min(WAVE_SECONDS, max(0.0, end - time.monotonic())))
            self.hostility.calm.set()
            self.converge(life)
            for violation in life.violations():
                self.tally.alarm("rules", violation)
        struck = ", ".join(f"{name} {count}" for name, count in sorted(self.hostility.done.items()))
        self.tally.count(sum(self.hostility.done.values()))
        self.tally.end(f"; {len(self.made)} resources, seed {self.options.seed}: {struck}")

    def converge(self, life):
        """Everything ends well, as its users wrote it, with no attempt wasted."""
        def open_ones():
            told = {(kind, r["metadata"]["name"]): r.get("status", {}).get("phase") for kind in OURS
                    for r in life.client.items(kind, life.namespace)}
            return {key: told.get(key) for key in self.made if told.get(key) != "Succeeded"}
        try:
            wait_until("everything ends well", lambda: not open_ones(), self.options.calm, pause=1.0)
        except AssertionError:
            for (kind, name), phase in open_ones().items():
                log = [line["message"] for line in life.operator.replica.lines() if f"/{name}" in line["message"]][-4:]
                self.tally.alarm(f"{kind} {name}", f"{phase}: {life.status(kind, name).get('message')}; the log: {log}")
        for kind, name in self.made:
            resource = life.get(kind, name)
            if resource["spec"] != self.specs[kind, name]:
                self.tally.alarm(f"{kind} {name}", f"its spec was touched: {resource['spec']}")
            status = resource.get("status", {})
            if status.get("run", 0) > 1 or status.get("attempt", 0) > 1:
                self.tally.alarm(f"{kind} {name}", f"run {status.get('run')} attempt {status.get('attempt')}: {json.dumps(status)}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=3600, help="of hostility")
    parser.add_argument("--calm", type=float, default=CALM_SECONDS,
                        help=f"seconds in which all must end well afterwards; below {REFUSAL_PAUSE} no status is refused as invalid")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--share", type=float, default=0.25, help="of requests that meet it")
    Campaign(parser.parse_args()).run()
