"""The telemetry endpoint refuses what does not come from the Pod that it is about, and works on."""

import http.client
import json
import ssl
import unittest

from replica import Replicas, kubectl, objects, wait_until

NAMESPACE = "telemetry"
OTHER = "telemetry-of-others"
AUDIENCE = "visionops.dev/telemetry"


def dataset(name):
    return {"apiVersion": "visionops.dev/v1alpha1", "kind": "Dataset", "metadata": {"name": name, "namespace": NAMESPACE},
            "spec": {"group": name, "type": "Raw", "split": "Train", "version": "v1.0.0", "format": "COCO",
                     "tasks": ["Detection"], "store": "datasets", "path": f"raw/{name}"}}


def pod_of(name):
    pods = [pod for pod in objects("pods", NAMESPACE) if pod["metadata"]["labels"].get("visionops.dev/name") == name]
    return pods[0] if pods else None


class TelemetryTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        for namespace in (NAMESPACE, OTHER):
            kubectl("create", "namespace", namespace)
        cls.replicas = Replicas(NAMESPACE, NAMESPACE, namespaces=[NAMESPACE, OTHER])
        cls.addClassCleanup(cls.replicas.close)
        cls.leader = cls.replicas.start()
        wait_until("the replica leads", cls.leader.leads, 40)
        for name in ("sender", "flooder"):
            kubectl("apply", "-f", "-", text=json.dumps(dataset(name)))
        cls.pod = wait_until("the sender's Pod is there", lambda: pod_of("sender"))
        cls.flooder = wait_until("the flooder's Pod is there", lambda: pod_of("flooder"))
        other = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "stranger", "namespace": NAMESPACE},
                 "spec": {"containers": [{"name": "c", "image": "none"}]}}
        for namespace in (NAMESPACE, OTHER):
            wait_until("the service account is there", lambda: objects("serviceaccounts", namespace))
        kubectl("apply", "-f", "-", text=json.dumps(other))

    def token(self, pod, audience=AUDIENCE):
        return kubectl("create", "token", "default", "-n", NAMESPACE, "--audience", audience, "--bound-object-kind", "Pod",
                       "--bound-object-name", pod).strip()

    def sender_token(self, **options):
        return self.token(self.pod["metadata"]["name"], **options)

    def message(self, of=None, **changes):
        meta = (of or self.pod)["metadata"]
        out = {"owner": {"kind": "Dataset", "namespace": NAMESPACE, "name": meta["labels"]["visionops.dev/name"],
                         "uid": meta["labels"]["visionops.dev/uid"], "run": 1, "attempt": 1},
               "pod": meta["name"], "sequence": 1, "sentAt": "2026-01-01T00:00:00Z"}
        out.update(changes)
        return json.dumps(out)

    def post(self, body, token=None):
        return self.answer(body, token)[0]

    def answer(self, body, token=None):
        host = self.leader.telemetry.split("/")[2]
        trust = ssl.create_default_context(cafile=self.replicas.folder / "tls.crt")
        link = http.client.HTTPSConnection(host, context=trust, timeout=20)
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        link.request("POST", "/telemetry", body, headers)
        reply = link.getresponse()
        words = reply.read().decode()
        link.close()
        return reply.status, words

    def count(self, result):
        return self.leader.metric(f'visionops_telemetry_messages_total{{result="{result}"}}')

    def counted(self, result, before):
        wait_until(f"{result} is counted", lambda: self.count(result) > before)

    def test_takes_the_message_of_the_pod_itself(self):
        before = self.count("accepted")
        self.assertEqual(self.post(self.message(), self.sender_token()), 204)
        self.counted("accepted", before)

    def test_refuses_who_shows_no_token_or_an_invented_one(self):
        before = self.count("unauthenticated")
        self.assertEqual(self.post(self.message()), 401)
        self.assertEqual(self.post(self.message(), "eyJhbGciOiJub25lIn0.e30."), 401)
        self.counted("unauthenticated", before)

    def test_refuses_a_token_for_another_audience(self):
        self.assertEqual(self.post(self.message(), self.sender_token(audience="https://kubernetes.default.svc")), 401)

    def test_refuses_a_pod_that_is_not_ours(self):
        self.assertEqual(self.post(self.message(), self.token("stranger")), 401)

    def test_refuses_a_message_about_another_pod_or_resource(self):
        before = self.count("forbidden")
        self.assertEqual(self.post(self.message(pod="stranger"), self.sender_token()), 403)
        owner = json.loads(self.message())["owner"]
        owner["uid"] = "00000000-0000-0000-0000-000000000000"
        self.assertEqual(self.post(self.message(owner=owner), self.sender_token()), 403)
        self.counted("forbidden", before)

    def test_refuses_a_pod_that_only_says_that_it_works_for_a_resource(self):
        labels = self.pod["metadata"]["labels"]
        forged = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "forged", "labels": labels},
                  "spec": {"containers": [{"name": "c", "image": "none"}]}}
        for namespace in (NAMESPACE, OTHER):
            kubectl("apply", "-n", namespace, "-f", "-", text=json.dumps(forged))
            token = kubectl("create", "token", "default", "-n", namespace, "--audience", AUDIENCE, "--bound-object-kind",
                            "Pod", "--bound-object-name", "forged").strip()
            owner = dict(json.loads(self.message())["owner"], namespace=namespace)
            reply = wait_until("the forged Pod is refused", lambda: self.forbidden(owner, token), 40)
            self.assertIn("belongs to no Job", reply)

    def forbidden(self, owner, token):
        """The words of a 403; None while the operator has not seen the Pod."""
        status, words = self.answer(self.message(owner=owner, pod="forged"), token)
        self.assertIn(status, (401, 403))
        return words if status == 403 else None

    def test_refuses_a_message_about_another_run_of_its_resource(self):
        owner = json.loads(self.message())["owner"]
        for change in ({"run": 2}, {"attempt": 2}, {"name": "flooder"}, {"identity": "0" * 16}):
            self.assertEqual(self.post(self.message(owner=dict(owner, **change)), self.sender_token()), 403, change)

    def test_refuses_what_is_too_large_or_malformed(self):
        before = self.count("too_large")
        self.assertEqual(self.post("x" * (64 * 1024 + 1), self.sender_token()), 413)
        self.counted("too_large", before)
        self.assertEqual(self.post("{", self.sender_token()), 400)

    def test_limits_a_flood_and_serves_on(self):
        token = self.token(self.flooder["metadata"]["name"])
        statuses = [self.post(self.message(of=self.flooder, sequence=i), token) for i in range(60)]
        self.assertIn(429, statuses)
        self.assertLessEqual(set(statuses), {204, 429})
        self.counted("limited", 0)
        self.assertEqual(self.leader.page("/healthz")[0], 200)
        self.assertEqual(self.post(self.message(), self.sender_token()), 204, "another Pod is not limited")


if __name__ == "__main__":
    unittest.main()
