// Darknet: rows of YOLO, and a text file with the names of the classes. Read, never written: a data.yaml says more.
#include "worker/dataset/formats/darknet/darknet_folder.h"
#include "worker/dataset/formats/format.h"

namespace visionops::formats {

extern const AnnotationFormat darknet{
    .name = Format("Darknet"),
    .layout = "obj.data or classes.txt, and a .txt for each image",
    .reader =
        dataset_folder::FormatReader{
            .recognise = dataset_folder::recognise_darknet,
            .owns_file = dataset_folder::darknet_files,
            .load = dataset_folder::load_darknet,
            .label_files = true,
            .one_file = true,
            .parts = dataset_folder::darknet_parts,
        },
};

}  // namespace visionops::formats
