"""What the images contain: little, owned by nobody in particular, and it runs."""

import json
import os
import pathlib
import stat
import subprocess
import tempfile
import unittest

import archive

MIB = 1 << 20


class Content:
    """The questions that every image is asked."""

    @classmethod
    def setUpClass(cls):
        cls.image = archive.Image(archive.archive(cls.NAME))
        cls.addClassCleanup(cls.image.close)
        cls.members = cls.image.members()
        cls.files = {"/" + x.name.lstrip("./"): x for x in cls.members}

    def call_inside(self, *command, env=None):
        if os.geteuid() != 0:
            archive.skip("the programs of the images did not run: that needs root")
        if not hasattr(type(self), "root"):
            folder = tempfile.TemporaryDirectory()
            self.addClassCleanup(folder.cleanup)
            self.image.unpack(folder.name)
            os.chmod(folder.name, 0o755)
            type(self).root = folder.name
        return subprocess.run(["/usr/sbin/chroot", "--userspec=65532:65532", self.root, *command],
                              capture_output=True, text=True, env=env or {})

    def run_inside(self, *command):
        done = self.call_inside(*command)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return done.stdout

    def test_the_user_is_a_number_that_is_not_root(self):
        self.assertEqual(self.image.config["config"]["User"], "65532:65532")

    def test_it_starts_its_program(self):
        self.assertEqual(self.image.config["config"]["Entrypoint"], [self.ENTRYPOINT])
        self.assertIn(self.ENTRYPOINT, self.files)

    def test_there_is_no_shell_and_no_package_manager(self):
        programs = {x for x in self.files if "/bin/" in x or "/sbin/" in x}
        self.assertEqual(programs, {f"/usr/bin/{x}" for x in archive.PARTS[self.NAME]})

    def test_no_file_gives_rights_or_may_be_changed(self):
        for name, member in self.files.items():
            with self.subTest(name):
                self.assertFalse(member.mode & (stat.S_ISUID | stat.S_ISGID))
                self.assertNotIn("security.capability", str(member.pax_headers))
                self.assertEqual((member.uid, member.gid), (0, 0))
                if not member.issym() and name != "/tmp":
                    self.assertFalse(member.mode & (stat.S_IWGRP | stat.S_IWOTH))

    def test_nothing_in_it_is_a_secret_or_names_the_machine_that_made_it(self):
        for name in self.files:
            self.assertNotRegex(name, r"\.(key|env|git)$|/root/|/home/")
        for variable in self.image.config["config"]["Env"]:
            self.assertRegex(variable, r"^(PATH|HOME|NVIDIA_DRIVER_CAPABILITIES)=")

    def test_it_is_no_bigger_than_it_must_be(self):
        self.assertLess(sum(x.size for x in self.members), self.MIB_AT_MOST * MIB)

    def test_the_licences_of_its_libraries_are_there(self):
        packages = {pathlib.PurePosixPath(x).name for x in self.files if x.startswith("/var/lib/dpkg/status.d/")}
        self.assertIn("libc6", packages)
        for package in packages - {"status.d"}:
            self.assertIn(f"/usr/share/doc/{package}/copyright", self.files)

    def test_it_knows_the_certificate_authorities(self):
        self.assertGreater(self.files["/etc/ssl/certs/ca-certificates.crt"].size, 100_000)


class OperatorImage(Content, unittest.TestCase):
    NAME = "operator"
    ENTRYPOINT = "/usr/bin/visionops"
    MIB_AT_MOST = 48

    def test_it_runs(self):
        self.assertEqual(self.run_inside("/usr/bin/visionops", "--version"), f"visionops {archive.version()}\n")
        self.assertIn("--config", self.run_inside("/usr/bin/visionops", "operator", "--help"))


class WorkerImage(Content, unittest.TestCase):
    NAME = "worker"
    ENTRYPOINT = "/usr/bin/visionops-worker"
    MIB_AT_MOST = 700  # libtorch is 450 of them

    def test_it_runs(self):
        self.assertIn("inspect", self.run_inside("/usr/bin/visionops-worker", "--help"))

    def test_it_has_what_it_opens_by_name_for_stores_in_buckets(self):
        run = {"owner": {"kind": "Dataset", "name": "d"}, "inspect": {"dataset": {"store": "far", "path": "p", "format": "COCO"}}}
        env = {"VISIONOPS_RUN": json.dumps(run), "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b",
               "VISIONOPS_STORE_FAR": json.dumps({"endpoint": "https://127.0.0.1:1", "bucket": "none"})}
        done = self.call_inside("/usr/bin/visionops-worker", "inspect-run", env=env)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("127.0.0.1 port 1", done.stdout + done.stderr, "it got as far as the network")

    def test_the_trainer_finds_its_libraries(self):
        self.assertIn("VISIONOPS_RUN", self.run_inside("/usr/bin/visionops-train", "--help"))


if __name__ == "__main__":
    unittest.main()
