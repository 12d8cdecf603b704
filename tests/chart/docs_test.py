"""The pages about installing and running: their links lead somewhere, their settings and labels exist."""

import re
import shutil
import tempfile
import unittest

from chart import CHART, NAMESPACE, SOURCE, call, find, need, objects, rendered, yaml

PAGES = [SOURCE / "docs" / name for name in ("install.md", "kueue.md", "gitops.md", "security.md", "operations.md")]
PAGES += [CHART / "README.md"]
PAGES += sorted((SOURCE / "docs" / "runbooks").glob("*.md"))


def setUpModule():
    need("go", "openssl")


class Docs(unittest.TestCase):
    def test_links_lead_to_files(self):
        for page in PAGES:
            for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text()):
                self.assertTrue((page.parent / link).exists(), f"{page.name}: {link}")

    def test_paths_in_the_text_exist(self):
        for page in PAGES:
            for path in re.findall(r"(?<![\w/])((?:docs|manifests|charts)/[\w./-]*\w)", page.read_text()):
                self.assertTrue((SOURCE / path).exists(), f"{page.name}: {path}")

    def test_settings_are_values_of_the_chart(self):
        values = yaml.safe_load((CHART / "values.yaml").read_text())
        for page in PAGES:
            text = page.read_text()
            names = re.findall(r"--set ([\w.]+)=", text)
            names += [n for n in re.findall(r"`(\w+(?:\.\w+)+)`", text) if n.split(".")[0] in values]
            for name in names:
                at = values
                for part in name.split("."):
                    self.assertIn(part, at, f"{page.name}: {name}")
                    at = at[part]

    def test_every_set_is_accepted(self):
        for page in PAGES:
            for setting in re.findall(r"--set (\S+=[^\s`]+)", page.read_text()):
                with self.subTest(setting):
                    rendered({}, "--set", setting)

    def test_names_of_installed_objects_exist(self):
        documents = objects(rendered({}))
        for page in PAGES:
            for kind, name in re.findall(r"\b(deployment|lease|secret) ?/?(visionops-[\w-]+)", page.read_text()):
                if kind == "deployment":
                    find(documents, "Deployment", name)

    def test_the_certificate_for_the_plain_install_is_made_as_told(self):
        text = (SOURCE / "docs" / "install.md").read_text()
        block = next(b for b in re.findall(r"```sh\n(.*?)```", text, re.DOTALL) if "openssl x509" in b)
        folder = tempfile.mkdtemp(prefix="visionops-certificate-")
        self.addCleanup(shutil.rmtree, folder)
        # kubectl is not there: what it would be given is checked instead.
        script = "set -e\nkubectl() { :; }\n" + block.replace("rm ca.key", f"""openssl verify -CAfile ca.crt \\
  -verify_hostname visionops-telemetry.{NAMESPACE}.svc -purpose sslserver tls.crt
openssl pkey -in tls.key -noout
rm ca.key""")
        done = call("bash", "-c", script, cwd=folder)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertIn("tls.crt: OK", done.stdout)


if __name__ == "__main__":
    unittest.main()
