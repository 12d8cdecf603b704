"""What a run goes on from: its own newest checkpoint that is whole, another run's, or nothing; and weights."""

import hashlib
import io
import json
import pathlib
import tarfile
import unittest

from prepared import PrepareTest

FOLDER = "checkpoints/team/job/1"


def tar_of(entries, form=tarfile.USTAR_FORMAT):
    """`entries`: name and bytes, or a TarInfo."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as archive:
        for entry in entries:
            if isinstance(entry, tarfile.TarInfo):
                archive.addfile(entry)
                continue
            name, data = entry
            info = tarfile.TarInfo(name)
            info.size, info.mode = len(data), 0o600
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def special(name, kind, target=""):
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, target
    return info


class Checkpoints(PrepareTest):
    def run_of(self, **more):
        words = {"command": ["train", "weights={weights}"], "resume_command": ["train resume={checkpoint}"], **more}
        framework = {"command": words.pop("command"), "resumeCommand": words.pop("resume_command")}
        if "weights" in words:
            framework["weights"] = words.pop("weights")
        return self.spec("", self.location("a", "COCO"), **framework,
                         train_more={"checkpointStore": "models", "checkpointPath": FOLDER, **words})

    def store_checkpoint(self, epoch, data, file=None, folder=FOLDER, **more):
        file = file or f"epoch-{epoch:04}.pt"
        place = self.models / folder
        place.mkdir(parents=True, exist_ok=True)
        (place / file).write_bytes(data)
        digest = hashlib.sha256(data).hexdigest()
        manifest = {"ownerUid": "u1", "run": 1, "identity": "i1", "epoch": epoch, "file": file, "bytes": len(data),
                    "sha256": digest, "metrics": {"map": epoch / 10}, "best": False, "final": False, **more}
        stem = file.split(".")[0]
        (place / f"{stem}.json").write_text(json.dumps(manifest))
        return digest

    def test_a_first_start_has_none(self):
        outcome = self.done(self.run_of())
        self.assertEqual(outcome.prepared, {})

    def test_the_newest_whole_one_is_copied_and_damaged_ones_are_named(self):
        self.store_checkpoint(1, b"one")
        self.store_checkpoint(2, b"two" * 1000, file="epoch-0002.ckpt")
        self.store_checkpoint(3, b"three")
        (self.models / FOLDER / "epoch-0003.pt").write_bytes(b"thrEE")
        outcome = self.done(self.run_of())
        checkpoint = self.pod / "job/resume/epoch-0002.ckpt"
        self.assertEqual(outcome.prepared, {"checkpoint": str(checkpoint), "resumedFromEpoch": 2})
        self.assertEqual(checkpoint.read_bytes(), b"two" * 1000)
        self.assertEqual([p.name for p in checkpoint.parent.iterdir()], ["epoch-0002.ckpt"])
        self.assertTrue(any("epoch-0003.pt cannot be used" in event for event in outcome.events), outcome.events)

    def test_another_identity_is_left_aside(self):
        self.store_checkpoint(1, b"one")
        self.store_checkpoint(2, b"two", identity="other")
        outcome = self.done(self.run_of())
        self.assertEqual(outcome.prepared["resumedFromEpoch"], 1)
        self.assertTrue(any("it is of another spec or other data" in event for event in outcome.events), outcome.events)

    def test_a_model_alone_is_not_gone_on_from(self):
        self.store_checkpoint(2, b"two")
        self.store_checkpoint(3, b"three", file="epoch-0003-model.pt", best=True)
        outcome = self.done(self.run_of())
        self.assertEqual(outcome.prepared["resumedFromEpoch"], 2)

    def test_a_framework_that_cannot_go_on_starts_anew(self):
        self.store_checkpoint(2, b"two")
        outcome = self.done(self.run_of(resume_command=[]))
        self.assertEqual(outcome.prepared, {})

    def test_a_script_may_be_told_by_a_variable(self):
        self.store_checkpoint(2, b"two")
        spec = self.run_of(command=["train"], resume_command=[])
        spec["train"]["framework"]["environment"] = {"CHECKPOINT": "{checkpoint}"}
        self.assertEqual(self.done(spec).prepared["resumedFromEpoch"], 2)

    def test_a_finished_run_gives_its_result_again(self):
        best = self.store_checkpoint(2, b"two", best=True)
        last = self.store_checkpoint(3, b"three", final=True)
        outcome = self.done(self.run_of(earlyStoppingMetric="map"))
        self.assertEqual(outcome.prepared, {"finished": {
            "epochs": 3, "bestEpoch": 2, "bestMetric": "map", "bestValue": 0.2, "metrics": {"map": 0.2},
            "model": {"path": f"{FOLDER}/epoch-0002.pt", "sha256": best, "bytes": 3, "epoch": 2},
            "last": {"path": f"{FOLDER}/epoch-0003.pt", "sha256": last, "bytes": 5, "epoch": 3},
            "resumedFromEpoch": 3}})
        self.assertFalse(self.data.exists())

    def test_a_final_one_that_is_damaged_ends_nothing(self):
        self.store_checkpoint(2, b"two")
        self.store_checkpoint(3, b"three", file="epoch-0003-model.pt", final=True)
        (self.models / FOLDER / "epoch-0003-model.pt").write_bytes(b"thrEE")
        outcome = self.done(self.run_of())
        self.assertEqual(outcome.prepared["resumedFromEpoch"], 2)
        self.assertTrue(any("epoch-0003-model.pt cannot be used" in event for event in outcome.events))

    def test_a_folder_is_unpacked_under_its_name(self):
        self.store_checkpoint(1, tar_of([special("checkpoint-18", tarfile.DIRTYPE), ("checkpoint-18/model.safetensors", b"w" * 1500),
                                         ("checkpoint-18/deep/state.json", b"{}")]), file="epoch-0001.tar")
        for _ in range(2):  # a second start finds the first one's
            outcome = self.done(self.run_of())
            folder = self.pod / "job/resume/checkpoint-18"
            self.assertEqual(outcome.prepared, {"checkpoint": str(folder), "resumedFromEpoch": 1})
            self.assertEqual((folder / "model.safetensors").read_bytes(), b"w" * 1500)
            self.assertEqual((folder / "model.safetensors").stat().st_mode & 0o044, 0o044)
            self.assertEqual((folder / "deep/state.json").read_bytes(), b"{}")
            self.assertEqual([p.name for p in folder.parent.iterdir()], ["checkpoint-18"])

    def test_a_link_in_the_place_of_its_folder_is_not_followed(self):
        precious = self.folder / "precious"
        precious.mkdir()
        (precious / "file").write_text("kept")
        (self.pod / "job").mkdir()
        (self.pod / "job/resume").symlink_to(precious)
        self.store_checkpoint(1, b"one")
        self.assertEqual(self.done(self.run_of()).prepared["resumedFromEpoch"], 1)
        self.assertEqual([p.name for p in precious.iterdir()], ["file"])
        self.assertFalse((self.pod / "job/resume").is_symlink())

    def test_a_tar_that_is_none_stays_a_file(self):
        self.store_checkpoint(1, b"PK\x03\x04" + b"x" * 900, file="epoch-0001.pth.tar")
        self.assertTrue(self.done(self.run_of()).prepared["checkpoint"].endswith("/resume/epoch-0001.pth.tar"))

    def test_what_leads_out_of_the_folder_is_refused(self):
        outside = self.folder / "outside"
        for entries in ([("../evil", b"x")], [("/abs", b"x")], [("a/../../evil", b"x")],
                        [special("a", tarfile.SYMTYPE, "/etc"), ("a/x", b"x")], [special("a/l", tarfile.LNKTYPE, "b")],
                        [special("a/p", tarfile.FIFOTYPE)], [special("a/d", tarfile.CHRTYPE)], [("a/x", b"1"), ("a/x", b"2")]):
            self.store_checkpoint(2, tar_of(entries), file="epoch-0002.tar")
            self.store_checkpoint(1, b"one")
            outcome = self.done(self.run_of())
            self.assertEqual(outcome.prepared["resumedFromEpoch"], 1, entries)
            self.assertTrue(any("epoch-0002.tar cannot be used" in event for event in outcome.events), entries)
            self.assertFalse(outside.exists() or (self.pod / "evil").exists() or (self.pod / "job/evil").exists())
            (self.pod / "telemetry.jsonl").unlink()

    def test_damaged_archives_are_refused(self):
        whole = tar_of([("c/a", b"x" * 3000), ("c/b", b"y")])
        for cut in (0, 100, 512, 700, 3000, 4096):
            self.store_checkpoint(2, whole[:cut], file="epoch-0002.tar")
            self.store_checkpoint(1, b"one")
            outcome = self.done(self.run_of())
            # without a first header it is no archive, and stays the file that the trainer wrote
            self.assertEqual(outcome.prepared["resumedFromEpoch"], 1 if cut >= 512 else 2, cut)

    def test_more_entries_than_a_checkpoint_has_are_refused(self):
        self.store_checkpoint(1, tar_of([special("c", tarfile.DIRTYPE)] * 65_537), file="epoch-0001.tar")
        outcome = self.done(self.run_of())
        self.assertEqual(outcome.prepared, {})
        self.assertTrue(any("too many entries" in event for event in outcome.events), outcome.events)

    def test_long_names_of_other_writers_are_refused_and_named(self):
        self.store_checkpoint(1, tar_of([("c/" + "n" * 120, b"x")], tarfile.GNU_FORMAT), file="epoch-0001.tar")
        outcome = self.done(self.run_of())
        self.assertEqual(outcome.prepared, {})
        self.assertTrue(any("neither a file nor a folder" in event for event in outcome.events), outcome.events)

    def test_another_run_that_had_not_ended_is_continued(self):
        other = "checkpoints/team/other/4"
        self.store_checkpoint(1, b"one", folder=other, identity="o", best=True)
        digest = self.store_checkpoint(2, b"two", folder=other, identity="o")
        outcome = self.done(self.run_of(resumePath=other))
        self.assertEqual(outcome.prepared, {"checkpoint": str(self.pod / "job/resume/epoch-0002.pt"), "resumedFromEpoch": 2})
        outcome = self.prepare(self.run_of(resumeDigest="sha256:" + digest))
        self.assertEqual(outcome.code, 3, outcome.said)
        index = self.models / "checkpoints/team/.visionops/models" / f"{digest}.json"
        index.parent.mkdir(parents=True)
        index.write_text(json.dumps({"path": other + "/epoch-0002.pt", "sha256": digest, "bytes": 3, "epoch": 2}))
        self.assertEqual(self.done(self.run_of(resumeDigest="sha256:" + digest)).prepared["resumedFromEpoch"], 2)

    def test_of_another_run_that_had_ended_the_best_weights_count(self):
        other = "checkpoints/team/other/4"
        self.store_checkpoint(2, b"two", folder=other, identity="o", best=True)
        self.store_checkpoint(3, b"three", folder=other, identity="o", final=True)
        outcome = self.done(self.run_of(resumePath=other))
        self.assertEqual(outcome.prepared, {"weights": str(self.pod / "job/resume/epoch-0002.pt")})

    def test_a_damaged_one_of_another_run_is_no_start_from_nothing(self):
        other = "checkpoints/team/other/4"
        self.store_checkpoint(2, b"two", folder=other, identity="o")
        (self.models / other / "epoch-0002.pt").write_bytes(b"tWo")
        outcome = self.prepare(self.run_of(resumePath=other))
        self.assertEqual((outcome.code, outcome.result["error"]["class"]), (2, "CheckpointUnreadable"), outcome.said)
        self.assertIn("resumeFrom: " + other + "/epoch-0002.pt has sha256", outcome.said)
        self.assertEqual(list((self.pod / "job/resume").iterdir()), [])

    def test_a_runtime_that_can_do_nothing_with_it_says_so(self):
        outcome = self.prepare(self.run_of(command=["train"], resume_command=[], resumePath="checkpoints/team/other/4"))
        self.assertEqual(outcome.code, 2, outcome.said)
        self.assertIn("resumeFrom: runtime toy takes neither", outcome.said)

    def test_a_store_that_is_not_there_is_no_start_from_nothing(self):
        self.models.rename(self.models.with_name("gone"))
        outcome = self.prepare(self.run_of())
        self.assertNotEqual(outcome.code, 0)
        self.assertIn("checkpoints.store", outcome.said)
        self.assertIsNone(outcome.prepared)

    def test_weights_are_compared_where_they_lie(self):
        (self.models / "yolo.pt").write_bytes(b"weights")
        digest = hashlib.sha256(b"weights").hexdigest()
        outcome = self.done(self.run_of(weights={"store": "models", "path": "yolo.pt", "sha256": digest}))
        self.assertEqual(outcome.prepared, {"weights": str(self.models / "yolo.pt")})
        outcome = self.prepare(self.run_of(weights={"store": "models", "path": "yolo.pt", "sha256": "0" * 64}))
        self.assertEqual(outcome.code, 2, outcome.said)
        self.assertIn("framework.weights (store models): yolo.pt has sha256 " + digest, outcome.said)
        self.assertIsNone(outcome.prepared)
        outcome = self.prepare(self.run_of(weights={"store": "models", "path": "none.pt"}))
        self.assertEqual(outcome.code, 3, outcome.said)


if __name__ == "__main__":
    unittest.main()
