// Label Studio's JSON export: a list of tasks, coordinates in percent of the image.
// Source: labelstud.io/guide/task_format and /tags/rectanglelabels, polygonlabels, ellipselabels, choices.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"
#include "worker/dataset/folder/named_images.h"
#include "worker/dataset/model/annotations.h"
#include "worker/dataset/model/category_names.h"
#include "worker/dataset/model/format_writer.h"

namespace visionops::label_studio {

inline constexpr const char* kTasks = "tasks.json";   ///< as we write it
inline constexpr const char* kConfig = "labels.xml";  ///< the labelling configuration, which lists the classes

/// Whether the first bytes of a JSON file are those of a list of tasks.
bool looks_like_tasks(std::string_view head);

/// The file that data.image means: what follows "?d=" of local files, the base name of an upload or URL, without
/// percent signs.
std::string file_name_of(std::string_view image);

/// Takes one task after another. Not thread-safe.
class TaskReader {
 public:
  TaskReader(dataset_folder::LoadedDataset& loaded, const dataset_folder::FolderListing& listing, std::string file,
             annotations::Findings& findings);
  /// Of several annotations of a task the first that was not cancelled; the regions of the others, and predictions, are
  /// UnsupportedShape findings. Choices for a region are its attributes, other choices labels of the image.
  void take(const Json& task, const std::string& position);
  void finish() { images_.report_orphans(); }

 private:
  void take_results(const Json& results, std::optional<std::uint32_t> image, const std::string& position);
  void take_region(const Json& result, const std::vector<const Json*>& beside, std::uint32_t image,
                   const std::string& position);
  void take_choices(const Json& result, std::uint32_t image, const std::string& position);
  void leave_out(const Json& annotation, const std::string& position, const char* why);
  void add(annotations::Object object, std::uint32_t image, const std::string& label, const std::string& attributes,
           const std::string& position);

  dataset_folder::LoadedDataset& loaded_;
  annotations::Findings& findings_;
  std::string file_;
  dataset_folder::NamedImages images_;
  annotations::CategoryNames names_;
};

/// The geometry of a region; empty when it is kept, else why not, with the kind of finding.
struct Shaped {
  std::optional<annotations::FindingKind> left_out;
  std::string why;
};
Shaped read_region(const Json& result, annotations::Annotations& a, annotations::Object& object);

annotations::LossReport label_studio_loss(const annotations::Annotations& a, const std::vector<Task>& tasks);
std::vector<bool> label_studio_keeps(const annotations::Annotations& a, const std::vector<Task>& tasks);
/// tasks.json and labels.xml.
std::vector<annotations::TextFile> label_studio_files(const annotations::Annotations& a,
                                                      const annotations::WriteOptions& options);

}  // namespace visionops::label_studio
