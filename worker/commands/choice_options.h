// --split, --annotations, --image-root: which of the datasets of a folder is meant.
#pragma once

#include "worker/commands/format_option.h"
#include "worker/dataset/folder/choice.h"

namespace visionops::commands {

/// A slash at the end of a folder's name, as shells complete it, means nothing.
inline void add_choice_options(CLI::App& command, dataset_folder::Choice& choice) {
  add_enum_option<Split>(command, "--split", choice.split, "Of a folder that holds several splits, the one to read",
                         {Split::Train, Split::Val, Split::Test});
  command
      .add_option("--annotations", choice.annotations,
                  "The file of annotations, or YOLO's YAML file, inside the folder")
      ->type_name("FILE");
  command
      .add_option_function<std::string>(
          "--image-root",
          [&choice](std::string folder) {
            while (folder.ends_with('/')) folder.pop_back();
            choice.image_root = folder;
          },
          "The folder inside it that the names of images begin in; other images are not read")
      ->type_name("DIR");
}

}  // namespace visionops::commands
