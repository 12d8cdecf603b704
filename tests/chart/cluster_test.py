"""The chart and the manifests against a real API server: every object read strictly, installed, upgraded, removed."""

import base64
import json
import time
import unittest

from chart import (CHART, EVERYTHING, MANIFESTS, NAMESPACE, SOURCE, VARIANTS, ControlPlane, check, merged, need, rendered)

plane = None


def setUpModule():
    global plane
    need("go", "etcd", "kubectl", "openssl")
    plane = ControlPlane()
    unittest.addModuleCleanup(plane.stop)


class DryRun(unittest.TestCase):
    def accepted(self, text):
        done = plane.dry_run(text)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(done.stderr, "", "the server warns")

    def test_every_variant_is_accepted_without_a_warning(self):
        for name, values in VARIANTS.items():
            with self.subTest(name):
                self.accepted(rendered(values))

    def test_the_manifests_are_accepted_without_a_warning(self):
        for file in ("k3s/helmchart.yaml", "argocd/application.yaml", "argocd/argocd-cm-patch.yaml"):
            with self.subTest(file):
                self.accepted((MANIFESTS / file).read_text())

    def test_the_plain_install_is_accepted(self):
        done = plane.dry_run((MANIFESTS / "install.yaml").read_text())
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("PodSecurity", done.stderr)

    def test_the_tenant_template_is_accepted_and_asks_for_the_stores_of_the_chart(self):
        for folder, mode in (("tenant", "ReadWriteMany"), ("tenant-local-path", "ReadWriteOnce")):
            with self.subTest(folder):
                text = plane.kubectl("kustomize", MANIFESTS / folder)
                done = plane.dry_run(text)
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn("visionops-store-datasets", text)
                self.assertIn("visionops-store-models", text)
                self.assertEqual(text.count(mode), 2)

    def test_the_tenant_template_with_buckets_has_no_claims_and_a_way_out(self):
        text = plane.kubectl("kustomize", MANIFESTS / "tenant-s3")
        done = plane.dry_run(text)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertNotIn("PersistentVolumeClaim", text)
        self.assertIn("allow-object-store", text)

    def test_the_quickstart_is_accepted(self):
        done = plane.call("apply", "--dry-run=server", "--validate=strict", "-f", SOURCE / "samples" / "quickstart")
        self.assertEqual(done.returncode, 0, done.stderr)


def wait_for(condition, seconds=30):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.2)
    return True


class Installed(unittest.TestCase):
    """Releases in the cluster; each test removes its own."""

    def install(self, values, verb="install", name="visionops"):
        done = plane.helm(verb, name, CHART, "--namespace", NAMESPACE, values=values)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        if verb == "install":
            self.addCleanup(lambda: plane.helm("uninstall", name, "--namespace", NAMESPACE, "--ignore-not-found"))
        return done.stdout

    def secret(self):
        return json.loads(plane.kubectl("get", "secret", "visionops-telemetry-tls", "-n", NAMESPACE, "-o", "json"))["data"]

    # The definitions of the control plane are not Helm's: releases of these tests leave them out.
    CHART_ALONE = {"crds": {"install": False}}

    def test_the_notes_name_the_first_commands(self):
        notes = self.install(merged(self.CHART_ALONE, {"replicas": 1}))
        for words in ("rollout status deployment/visionops-operator", "kubectl explain trainingjob.spec",
                      "visionops-store-datasets", "database.existingSecret", "One replica"):
            self.assertIn(words, notes)

    def test_the_generated_certificate_is_for_the_service_and_survives_an_upgrade(self):
        self.install(self.CHART_ALONE)
        before = self.secret()
        pem = {key: base64.b64decode(value).decode() for key, value in before.items()}
        self.assertEqual(sorted(pem), ["ca.crt", "tls.crt", "tls.key"])
        folder = plane.folder / "telemetry"
        folder.mkdir()
        for name, text in pem.items():
            (folder / name).write_text(text)
        told = check("openssl", "verify", "-CAfile", folder / "ca.crt",
                     "-verify_hostname", f"visionops-telemetry.{NAMESPACE}.svc", folder / "tls.crt")
        self.assertIn("OK", told)
        self.install(merged(self.CHART_ALONE, {"workers": 8}), verb="upgrade")
        self.assertEqual(self.secret(), before)

    def can(self, verb, resource, namespace, *more):
        account = f"system:serviceaccount:{NAMESPACE}:visionops-operator"
        done = plane.call("auth", "can-i", verb, resource, "-n", namespace, "--as", account, *more)
        return done.stdout.strip() == "yes"

    def test_the_operator_may_do_its_work_in_the_whole_cluster_and_nothing_else(self):
        self.install(self.CHART_ALONE)
        for namespace in ("team-a", "default"):
            self.assertTrue(self.can("create", "jobs.batch", namespace))
            self.assertTrue(self.can("update", "datasets.visionops.dev", namespace, "--subresource=status"))
            self.assertFalse(self.can("get", "secrets", namespace))
            self.assertFalse(self.can("create", "pods", namespace))
            self.assertFalse(self.can("create", "pods", namespace, "--subresource=exec"))
        self.assertTrue(self.can("update", "leases.coordination.k8s.io/visionops-operator", NAMESPACE))
        self.assertFalse(self.can("update", "leases.coordination.k8s.io/other", NAMESPACE))
        self.assertTrue(self.can("create", "tokenreviews.authentication.k8s.io", NAMESPACE))

    def test_the_operator_of_some_namespaces_has_no_rights_in_others(self):
        self.install(merged(self.CHART_ALONE, {"namespaces": ["team-a"]}))
        self.assertTrue(self.can("create", "jobs.batch", "team-a"))
        for namespace in ("team-b", "default", NAMESPACE):
            self.assertFalse(self.can("create", "jobs.batch", namespace))
            self.assertFalse(self.can("list", "pods", namespace))

    def test_the_roles_of_the_cluster_contain_the_three_kinds(self):
        self.install(self.CHART_ALONE)
        for role in ("view", "edit", "admin"):
            plane.kubectl("create", "rolebinding", f"people-{role}", "-n", "team-b", f"--clusterrole={role}", f"--user={role}")
            self.addCleanup(plane.call, "delete", "rolebinding", f"people-{role}", "-n", "team-b")

        def allowed(user, verb):
            return plane.call("auth", "can-i", verb, "datasets.visionops.dev", "-n", "team-b", "--as", user).stdout.strip() == "yes"
        self.assertTrue(wait_for(lambda: all(allowed(user, "list") for user in ("view", "edit", "admin"))))
        self.assertEqual([allowed(user, "create") for user in ("view", "edit", "admin")], [False, True, True])
        self.assertEqual([allowed(user, "deletecollection") for user in ("view", "edit", "admin")], [False, False, True])

    def test_definitions_of_another_release_are_taken_over_when_told_to(self):
        """The definitions of the control plane are kubectl's; afterwards they are those of a release that is gone."""
        for name in ("visionops", "another"):
            told = plane.helm("install", name, CHART, "--namespace", NAMESPACE, values={})
            self.assertNotEqual(told.returncode, 0, told.stdout)
            self.assertIn("invalid ownership metadata", told.stderr)
            told = plane.helm("install", name, CHART, "--namespace", NAMESPACE, "--take-ownership", values={})
            self.assertEqual(told.returncode, 0, told.stderr)
            told = plane.helm("uninstall", name, "--namespace", NAMESPACE)
            self.assertEqual(told.returncode, 0, told.stderr)
            plane.kubectl("get", "crd", "datasets.visionops.dev")
        self.install({}, name="another")  # whose definitions they are now

    def test_uninstalling_keeps_definitions_and_resources(self):
        plane.kubectl("delete", "-f", SOURCE / "crds", "--wait=true")
        self.install({})
        plane.kubectl("wait", "--for=condition=Established", "-f", SOURCE / "crds", "--timeout=60s")
        applied = plane.call("apply", "-n", "team-a", "-f", SOURCE / "samples" / "quickstart" / "10-datasets.yaml")
        self.assertEqual(applied.returncode, 0, applied.stderr)
        told = plane.helm("uninstall", "visionops", "--namespace", NAMESPACE)
        self.assertEqual(told.returncode, 0, told.stderr)
        names = plane.kubectl("get", "datasets", "-n", "team-a", "-o", "name").split()
        self.assertGreaterEqual(len(names), 1)
        plane.kubectl("delete", "datasets", "--all", "-n", "team-a")


TRAINING = {
    "apiVersion": "visionops.dev/v1alpha1", "kind": "TrainingJob", "metadata": {"name": "detector"},
    "spec": {"runtime": "builtin", "task": "Detection", "model": "centernet_nano",
             "datasets": {"train": {"name": "street-train-v1.0.0"}}, "checkpoints": {"store": "models"}},
}
FORBIDDEN = {"env": [{"name": "OMP_NUM_THREADS", "value": "4"}, {"name": "NCCL_DEBUG", "value": "INFO"}]}


class AdmissionPolicies(unittest.TestCase):
    """The two policies, enforced by the API server in the namespaces that the selector picks."""

    @classmethod
    def setUpClass(cls):
        plane.kubectl("label", "namespace", "team-a", "visionops=yes", "--overwrite")
        # Stored with kubectl and not with Helm: the policies alone.
        documents = [d for d in rendered(EVERYTHING).split("\n---\n") if "ValidatingAdmissionPolicy" in d]
        cls.text = "\n---\n".join(documents)
        plane.kubectl("apply", "-f", "-", input=cls.text)
        cls.addClassCleanup(plane.kubectl, "delete", "-f", "-", input=cls.text)
        if not wait_for(lambda: cls.tried(FORBIDDEN).returncode != 0):
            raise AssertionError("the policies are not enforced within 30 s")

    @staticmethod
    def tried(spec, namespace="team-a"):
        job = merged(TRAINING, {"spec": spec})
        return plane.call("apply", "--dry-run=server", "-n", namespace, "-f", "-", input=json.dumps(job))

    def refused(self, spec, word):
        done = self.tried(spec)
        self.assertNotEqual(done.returncode, 0, spec)
        self.assertIn(word, done.stderr)

    def accepted(self, spec, namespace="team-a"):
        done = self.tried(spec, namespace)
        self.assertEqual(done.returncode, 0, done.stderr)

    def test_gpus_are_counted(self):
        self.refused({"resources": {"gpus": 9}}, "at most 8")
        self.accepted({"resources": {"gpus": 8}})
        self.accepted({"resources": {"cpu": "4"}})
        self.accepted({})

    def test_forbidden_names_in_the_environment(self):
        self.refused(FORBIDDEN, "no name may start with one of: NCCL_")
        self.accepted({"env": [{"name": "OMP_NUM_THREADS", "value": "4"}]})

    def test_namespaces_that_the_selector_leaves_out_are_free(self):
        self.accepted(FORBIDDEN, namespace="team-b")


if __name__ == "__main__":
    unittest.main()
