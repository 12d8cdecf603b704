// Valid documents of the three kinds to change one thing in.
#pragma once

#include "base/json.h"

namespace visionops::api {

inline Json dataset_document() {
  return Json::parse(R"({"apiVersion":"visionops.dev/v1alpha1","kind":"Dataset",
    "metadata":{"name":"street-train-v1.0.0","namespace":"default"},
    "spec":{"group":"street","type":"Raw","split":"Train","version":"v1.0.0","format":"COCO","tasks":["Detection"],
            "modality":"Thermal","store":"datasets","path":"raw/street/train/v1.0.0",
            "annotations":"annotations/a.json","imageRoot":"images","allowLoss":["Rows"],"origin":"https://example.org",
            "description":"Cars.","qualityGate":{"maxMissingImages":0,"minImagesPerClass":20},
            "deletionPolicy":"Delete","profile":"archive"}})");
}

inline Json pipeline_document() {
  return Json::parse(R"({"apiVersion":"visionops.dev/v1alpha1","kind":"Pipeline",
    "metadata":{"name":"night","namespace":"default"},
    "spec":{"sources":[{"dataset":{"name":"street-train-v1.0.0"},
                        "manipulators":[{"filter_keep_by_class":{"classes":["car","bus"]}},{"rotate_180":{}}]},
                       {"dataset":{"group":"harbour","split":"Train"}}],
            "postMerge":[{"merge_datasets":{}},{"shuffle_image_ids":{}}],
            "output":{"group":"night","type":"Fusion","split":"Train","format":"YOLO","store":"datasets"},
            "allowLoss":["Masks"],"images":"Link","seed":7,"parallelism":2,"resources":{"cpu":"2","memory":"4Gi"},
            "retry":{"limit":0},"deadlines":{"activeSeconds":60},"ttlSecondsAfterFinished":0,
            "onSourceChange":"Run","profile":"archive","suspend":true}})");
}

inline Json training_job_document() {
  return Json::parse(R"({"apiVersion":"visionops.dev/v1alpha1","kind":"TrainingJob",
    "metadata":{"name":"detector","namespace":"default"},
    "spec":{"task":"Detection","model":"centernet_nano",
            "image":"registry.example.org/trainer:1","command":["python","train.py"],
            "weights":{"store":"models","path":"weights/yolo11n.pt",
                       "sha256":"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
            "allowLoss":["Masks"],
            "env":[{"name":"OMP_NUM_THREADS","value":"2"}],
            "datasets":{"train":{"group":"night","split":"Train"},"val":{"name":"street-val-v1.0.0"}},
            "hyperparameters":{"epochs":30,"batchSize":16,"learningRate":0.001,"warmupEpochs":0.5,
                               "extra":{"nested":{"list":[1,2]}}},
            "resources":{"gpus":1,"gpuProduct":"NVIDIA-H200","cpu":"4","memory":"16Gi","sharedMemory":"2Gi"},
            "checkpoints":{"store":"models","every":2,"keep":5},
            "resumeFrom":{"trainingJob":"detector-old"},
            "earlyStopping":{"metric":"map50","patience":7,"minDelta":0.001},
            "alerts":[{"name":"diverging","when":"loss > 10 for 3 epochs"}],
            "queue":"team-a","profile":"mig-1g","secrets":["hf"],"mounts":["weights"],"ttlSecondsAfterFinished":60}})");
}

}  // namespace visionops::api
