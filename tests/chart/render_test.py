"""What the chart renders, value by value. No cluster."""

import json
import pathlib
import tempfile
import unittest

from chart import CHART, EVERYTHING, MANIFESTS, NAMESPACE, SOURCE, VARIANTS, find, helm, merged, need, objects, rendered, yaml


def setUpModule():
    need("go")


def config_of(documents):
    return yaml.safe_load(find(documents, "ConfigMap", "visionops-operator")["data"]["config.yaml"])


def container_of(documents):
    return find(documents, "Deployment", "visionops-operator")["spec"]["template"]["spec"]["containers"][0]


class Rendering(unittest.TestCase):
    def test_lint_finds_nothing_for_any_variant(self):
        for name, values in VARIANTS.items():
            with self.subTest(name):
                done = helm("lint", "--strict", CHART, values=values)
                self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_no_object_appears_twice(self):
        for name, values in VARIANTS.items():
            with self.subTest(name):
                keys = [(d["apiVersion"], d["kind"], d["metadata"].get("namespace"), d["metadata"]["name"])
                        for d in objects(rendered(values))]
                self.assertEqual(sorted(map(str, keys)), sorted(map(str, set(keys))))

    def test_every_namespaced_object_names_its_namespace(self):
        cluster_wide = {"ClusterRole", "ClusterRoleBinding", "CustomResourceDefinition",
                        "ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"}
        for document in objects(rendered(merged(EVERYTHING, {"extraObjects": []}))):
            with self.subTest(document["kind"] + " " + document["metadata"]["name"]):
                self.assertEqual("namespace" in document["metadata"], document["kind"] not in cluster_wide)

    def test_the_versions_are_those_of_the_project(self):
        chart = yaml.safe_load((CHART / "Chart.yaml").read_text())
        self.assertIn(f"VERSION {chart['appVersion']} ", (SOURCE / "CMakeLists.txt").read_text())
        self.assertEqual(chart["version"], chart["appVersion"])

    def test_the_packaged_chart_is_the_one_that_k3s_is_told_of_and_renders_the_same(self):
        with tempfile.TemporaryDirectory(prefix="visionops-package-") as folder:
            done = helm("package", CHART, "--destination", folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            package, = pathlib.Path(folder).iterdir()
            k3s = yaml.safe_load((MANIFESTS / "k3s" / "helmchart.yaml").read_text())["spec"]
            self.assertEqual(k3s["chart"].rsplit("/", 1)[1], package.name)
            self.assertIn(package.name, (SOURCE / "docs" / "install.md").read_text())
            values = yaml.safe_load(k3s["valuesContent"])
            packaged = helm("template", "visionops", package, "--namespace", NAMESPACE, values=merged(EVERYTHING, values))
            self.assertEqual(packaged.stdout, rendered(merged(EVERYTHING, values)))

    def test_the_default_configuration(self):
        config = config_of(objects(rendered({})))
        folder = "/var/run/secrets/visionops-telemetry"
        self.assertEqual(config, {
            "stores": ["datasets", "models"],
            "images": {"worker": "visionops-worker:0.1.0", "workerCuda": "visionops-worker-cuda:0.1.0"},
            "pods": {"ephemeralStorage": {"request": "1Gi", "limit": "20Gi"}},
            "kueue": False,
            "workers": 4,
            "leaderElection": {"enabled": True, "leaseName": "visionops-operator", "leaseDurationSeconds": 15,
                               "renewDeadlineSeconds": 10, "retryPeriodSeconds": 2},
            "http": {"host": "0.0.0.0", "port": 8080},
            "telemetry": {"host": "0.0.0.0", "port": 8443,
                          "url": "https://visionops-telemetry.visionops-system.svc:8443/telemetry",
                          "certificateFile": f"{folder}/tls.crt", "keyFile": f"{folder}/tls.key",
                          "caFile": f"{folder}/ca.crt"},
            "log": {"level": "info", "format": "JSON"},
        })

    def test_optional_parts_of_the_configuration(self):
        config = config_of(objects(rendered(EVERYTHING)))
        self.assertEqual(config["namespaces"], ["team-a", "team-b"])
        self.assertEqual(config["gpu"], {"runtimeClassName": "nvidia"})
        self.assertEqual(config["stores"], EVERYTHING["stores"])
        self.assertEqual(config["database"], {"connectionFile": "/var/run/secrets/visionops-database/dsn"})
        self.assertIs(config["kueue"], True)
        self.assertEqual(config["pods"], EVERYTHING["pods"])
        first, second = EVERYTHING["profiles"]
        self.assertEqual(config["profiles"], [{key: value for key, value in first.items() if value}, second])
        self.assertEqual(config["secrets"], ["hf", "wandb"])
        self.assertEqual(config["images"], {
            "worker": "registry.example.org/vision/visionops-worker@sha256:" + "0" * 64,
            "workerCuda": "registry.example.org/vision/visionops-worker-cuda:0.1.0"})

    def test_settings_of_pods_that_the_operator_would_refuse_are_refused_by_helm(self):
        for values in ({"pods": {"securityContext": {}}}, {"pods": {"labels": {"a b": "x"}}},
                       {"pods": {"tolerations": [{"effect": "Never"}]}}, {"pods": {"ephemeralStorage": {"limit": "much"}}},
                       {"pods": {"sidecarResources": {"requests": {"gpus": "1"}}}}, {"profiles": [{}]},
                       {"profiles": [{"name": "A"}]}, {"profiles": [{"name": "a", "gpuResource": "gpu"}]},
                       {"profiles": [{"name": "a", "podSpec": {}}]}, {"secrets": ["../x"]}, {"secrets": ["a", "a"]}):
            with self.subTest(values):
                done = helm("template", "visionops", CHART, values=values)
                self.assertNotEqual(done.returncode, 0)
                self.assertIn("schema", done.stderr)

    def test_the_files_of_the_configuration_are_mounted(self):
        documents = objects(rendered(EVERYTHING))
        mounts = {mount["mountPath"] for mount in container_of(documents)["volumeMounts"]}
        config = config_of(documents)
        for file in [config["database"]["connectionFile"], "/etc/visionops/config.yaml"] + [
                config["telemetry"][key] for key in ("certificateFile", "keyFile", "caFile")]:
            self.assertIn(file.rsplit("/", 1)[0], mounts)
        volumes = {v["name"]: v for v in find(documents, "Deployment", "visionops-operator")["spec"]["template"]["spec"]["volumes"]}
        self.assertEqual(volumes["database"]["secret"]["items"], [{"key": "uri", "path": "dsn"}])

    def test_ports_of_container_services_and_configuration_agree(self):
        documents = objects(rendered({}))
        ports = {port["name"]: port["containerPort"] for port in container_of(documents)["ports"]}
        config = config_of(documents)
        self.assertEqual(ports, {"http": config["http"]["port"], "telemetry": config["telemetry"]["port"]})
        service = find(documents, "Service", "visionops-telemetry")["spec"]["ports"][0]
        self.assertEqual((service["port"], service["targetPort"]), (8443, "telemetry"))

    def test_a_changed_configuration_rolls_the_pods(self):
        def checksum(values):
            deployment = find(objects(rendered(values)), "Deployment", "visionops-operator")
            return deployment["spec"]["template"]["metadata"]["annotations"]["checksum/config"]
        self.assertEqual(checksum({}), checksum({}))
        self.assertNotEqual(checksum({}), checksum({"workers": 5}))

    def test_definitions_are_kept_unless_told_otherwise(self):
        name = "datasets.visionops.dev"
        annotations = find(objects(rendered({})), "CustomResourceDefinition", name)["metadata"]["annotations"]
        self.assertEqual(annotations, {"helm.sh/resource-policy": "keep"})
        without = find(objects(rendered({"crds": {"keep": False}})), "CustomResourceDefinition", name)
        self.assertNotIn("annotations", without["metadata"])
        kinds = {d["kind"] for d in objects(rendered({"crds": {"install": False}}))}
        self.assertNotIn("CustomResourceDefinition", kinds)

    def test_definitions_are_rendered_without_a_change(self):
        for file in sorted((SOURCE / "crds").glob("*.yaml")):
            wanted = yaml.safe_load(file.read_text())
            found = find(objects(rendered({})), "CustomResourceDefinition", wanted["metadata"]["name"])
            self.assertEqual(found["spec"], wanted["spec"])

    def test_no_secret_is_rendered_beside_the_generated_certificate(self):
        for name, values in VARIANTS.items():
            generated = not {"existingSecret", "certManager"} & set(values.get("telemetry", {}).get("tls", {}))
            secrets = [d["metadata"]["name"] for d in objects(rendered(values)) if d["kind"] == "Secret"]
            self.assertEqual(secrets, ["visionops-telemetry-tls"] if generated else [], name)

    def test_alert_rules_and_dashboards_are_the_files(self):
        documents = objects(rendered(EVERYTHING))
        rules = find(documents, "PrometheusRule", "visionops-operator")["spec"]
        self.assertEqual(rules, yaml.safe_load((CHART / "rules" / "visionops.yaml").read_text()))
        files = sorted((CHART / "dashboards").glob("*.json"))
        self.assertTrue(files)
        for file in files:
            data = find(documents, "ConfigMap", f"visionops-dashboard-{file.stem}")["data"]
            self.assertEqual(json.loads(data[f"visionops-{file.name}"]), json.loads(file.read_text()))


class Refusals(unittest.TestCase):
    def refused(self, values, *words, flags=()):
        done = helm("template", "visionops", CHART, *flags, values=values)
        self.assertNotEqual(done.returncode, 0)
        for word in words:
            self.assertIn(word, done.stderr)

    def test_an_unknown_value_is_refused_with_its_name(self):
        self.refused({"worker": 3}, "worker")
        self.refused({"leaderElection": {"lease": 3}}, "leaderElection", "lease")

    def test_wrong_types_and_bounds_are_refused(self):
        for values in ({"replicas": 0}, {"workers": "4"}, {"workers": 65}, {"stores": []}, {"stores": ["/srv/data"]},
                       {"stores": [{"name": "a", "kind": "S3"}]}, {"stores": [{"name": "a", "kind": "NFS"}]},
                       {"stores": [{"name": "a", "kind": "S3", "s3": {"endpoint": "https://x", "bucket": "abc"}}]},
                       {"stores": [{"name": "a", "kind": "S3", "s3": {"endpoint": "https://x", "bucket": "abc",
                                                                      "secretName": "s", "secretKey": "mine"}}]},
                       {"namespaces": ["Team"]}, {"log": {"format": "yaml"}}, {"image": {"digest": "latest"}},
                       {"admissionPolicies": {"validationActions": ["Refuse"]}}):
            with self.subTest(str(values)):
                self.refused(values)

    def test_two_sources_of_the_certificate_are_refused(self):
        self.refused({"telemetry": {"tls": {"existingSecret": "own", "certManager": {"enabled": True}}}}, "either")

    def test_admission_policies_need_a_cluster_that_has_them(self):
        self.refused({"admissionPolicies": {"enabled": True}}, "1.30", flags=("--kube-version", "1.29.4"))

    def test_old_clusters_are_refused(self):
        self.refused({}, "1.28", flags=("--kube-version", "1.28.0"))

    def test_an_account_that_is_not_created_needs_a_name(self):
        self.refused({"serviceAccount": {"create": False}}, "serviceAccount.name")


if __name__ == "__main__":
    unittest.main()
