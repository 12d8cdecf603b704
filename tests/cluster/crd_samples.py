"""For every rule of the resource definitions one sample that passes it and one that breaks it, as changes of a base."""

import copy
import dataclasses

API = "visionops.dev/v1alpha1"
ABSENT = object()

BASES = {
    "Dataset": {
        "apiVersion": API, "kind": "Dataset", "metadata": {"name": "sample"},
        "spec": {"group": "street", "type": "Raw", "split": "Train", "version": "v1.0.0", "format": "COCO",
                 "tasks": ["Detection"], "store": "datasets"}},
    "Pipeline": {
        "apiVersion": API, "kind": "Pipeline", "metadata": {"name": "sample"},
        "spec": {"sources": [{"dataset": {"name": "street-train-v1.0.0"}}],
                 "output": {"group": "street-night", "type": "Fusion", "split": "Train", "format": "YOLO", "store": "datasets"}}},
    "TrainingJob": {
        "apiVersion": API, "kind": "TrainingJob", "metadata": {"name": "sample"},
        "spec": {"runtime": "builtin", "task": "Detection", "model": "centernet_nano",
                 "datasets": {"train": {"name": "street-train-v1.0.0"}},
                 "hyperparameters": {"epochs": 3, "batchSize": 16, "learningRate": 0.001},
                 "checkpoints": {"store": "models"}}},
}


@dataclasses.dataclass
class Sample:
    """Values by dotted path; ABSENT takes the field away. `change`: the base exists and is replaced."""
    passes: dict
    fails: dict
    base: dict = dataclasses.field(default_factory=dict)
    change: bool = False


def with_values(manifest, values):
    out = copy.deepcopy(manifest)
    for path, value in values.items():
        *parents, last = path.split(".")
        node = out
        for name in parents:
            node = node[int(name)] if isinstance(node, list) else node.setdefault(name, {})
        if value is ABSENT:
            node.pop(last, None)
        else:
            node[last] = value
    return out


def identity(path, other):
    return Sample(change=True, passes={"metadata.labels": {"team": "x"}}, fails={path: other})


NO_OUTSIDE = 'must not have ".", ".." or ".visionops" as a part: stores have no outside, and that folder is the platform\'s'


def path_rule(path, bad):
    return Sample(passes={path: "raw/street/v1..0.visionops"}, fails={path: bad})


def quantity(path, good):
    return Sample(passes={path: good}, fails={path: "0"})


def reference(path):
    """The three rules of a reference to a Dataset."""
    by_name, by_group = {"name": "a"}, {"group": "street", "split": "Train", "version": "v1.0.0"}
    return {
        "needs exactly one of name (this Dataset) or group (the newest Ready version of it)":
            Sample(passes={path: by_name}, fails={path: {"name": "a", **by_group}}),
        "group needs split: versions are counted per group and split":
            Sample(passes={path: by_group}, fails={path: {"group": "street"}}),
        "split and version go with group; a name alone already says which Dataset":
            Sample(passes={path: by_group}, fails={path: {"name": "a", "version": "v1.0.0"}}),
    }


def samples():
    for kind in BASES:
        yield (kind, "", "metadata.name is longer than 63 characters; it stands in labels, which hold no more"), Sample(
            passes={"metadata.name": "a" * 63}, fails={"metadata.name": "a" * 64})
    for field, other in {"group": "harbour", "type": "Source", "split": "Val"}.items():
        yield (("Dataset", f"spec.{field}", f"{field} is part of a Dataset's identity and cannot change; create a Dataset with another name"),
               identity(f"spec.{field}", other))
    yield ("Dataset", "spec.path", NO_OUTSIDE), path_rule("spec.path", "raw/../secrets")
    yield ("Dataset", "spec.annotations", NO_OUTSIDE), path_rule("spec.annotations", "../instances.json")
    yield ("Dataset", "spec.imageRoot", NO_OUTSIDE), path_rule("spec.imageRoot", "images/./train")
    yield ("Pipeline", "spec.output.path", NO_OUTSIDE), path_rule("spec.output.path", "raw/.visionops/datasets")
    yield (("Pipeline", "spec.output.group",
            "output.group is the identity of what this Pipeline makes and cannot change; create a Pipeline with another name"),
           identity("spec.output.group", "harbour"))
    yield (("Pipeline", "spec.output.type",
            "Raw is for data as they were delivered; use Source, Processed or Fusion for the output of a Pipeline"),
           Sample(passes={"spec.output.type": "Processed"}, fails={"spec.output.type": "Raw"}))
    own = {"group": "street-night", "split": "Train"}
    yield (("Pipeline", "spec",
            "onSourceChange: Run with a source that is the output's own group and split would run for ever; "
            "read another group, name one version, or use onSourceChange: Ignore"),
           Sample(base={"spec.onSourceChange": "Run"}, passes={"spec.sources.0.dataset": {**own, "split": "Val"}},
                  fails={"spec.sources.0.dataset": own}))
    more_than_zero = "must be greater than zero"
    for kind, field, good in (("Pipeline", "cpu", "500m"), ("Pipeline", "memory", "1Gi"), ("TrainingJob", "cpu", "4"),
                              ("TrainingJob", "memory", "16Gi"), ("TrainingJob", "sharedMemory", "2Gi")):
        yield (kind, f"spec.resources.{field}", more_than_zero), quantity(f"spec.resources.{field}", good)
    for message, sample in reference("spec.sources.0.dataset").items():
        yield ("Pipeline", "spec.sources[].dataset", message), sample
    for role in ("train", "val", "test"):
        for message, sample in reference(f"spec.datasets.{role}").items():
            yield ("TrainingJob", f"spec.datasets.{role}", message), sample
    yield from training_samples()


def training_samples():
    spec = {
        "a trainer takes only variables that load nothing: MY_* and the settings that spec.env is documented with":
            Sample(passes={"spec.env": [{"name": "OMP_NUM_THREADS", "value": "2"}]},
                   fails={"spec.env": [{"name": "LD_PRELOAD", "value": "/stores/datasets/x.so"}]}),
        "queuePriority needs queue": Sample(passes={"spec.queue": "team-a", "spec.queuePriority": "urgent"},
                                            fails={"spec.queuePriority": "urgent"}),
    }
    for message, sample in spec.items():
        yield ("TrainingJob", "spec", message), sample
    yield (("TrainingJob", "spec.env[].name",
            "NVIDIA_*, VISIONOPS_*, KUBERNETES_* and JOB_COMPLETION_INDEX are set by the platform; use resources.gpus to ask for GPUs"),
           Sample(passes={"spec.env": [{"name": "OMP_NUM_THREADS", "value": "4"}]},
                  fails={"spec.env": [{"name": "NVIDIA_VISIBLE_DEVICES", "value": "all"}]}))
    yield (("TrainingJob", "spec.hyperparameters.learningRate", "must be greater than 0"),
           Sample(passes={"spec.hyperparameters.learningRate": 0.5}, fails={"spec.hyperparameters.learningRate": 0}))
    yield (("TrainingJob", "spec.resources", "gpuProduct needs gpus of at least 1"),
           Sample(passes={"spec.resources": {"gpuProduct": "NVIDIA-H200", "gpus": 1}},
                  fails={"spec.resources": {"gpuProduct": "NVIDIA-H200", "gpus": 0}}))
    yield (("TrainingJob", "spec.resumeFrom", "needs exactly one of trainingJob, digest or path"),
           Sample(passes={"spec.resumeFrom": {"trainingJob": "older"}}, fails={"spec.resumeFrom": {}}))
    yield (("TrainingJob", "spec.resumeFrom.path", NO_OUTSIDE),
           Sample(passes={"spec.resumeFrom": {"path": "raw/street/v1..0.visionops"}}, fails={"spec.resumeFrom": {"path": "raw/../secrets"}}))
    yield (("TrainingJob", "spec.weights.path", NO_OUTSIDE),
           Sample(passes={"spec.weights": {"store": "models", "path": "weights/yolo..11n.pt"}},
                  fails={"spec.weights": {"store": "models", "path": "weights/../secrets"}}))
    yield (("TrainingJob", "spec.resumeFrom", "run is of a trainingJob"),
           Sample(passes={"spec.resumeFrom": {"trainingJob": "older", "run": 2}},
                  fails={"spec.resumeFrom": {"path": "checkpoints/a/b/run-1", "run": 2}}))


SAMPLES = dict(samples())
