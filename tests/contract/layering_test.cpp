// Who may include whom. The linker enforces the same between libraries; this test also sees headers,
// and names the line.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <regex>
#include <set>
#include <sstream>

#include "generated/rooms_plan.h"
#include "tests/contract/cpp_text.h"
#include "tests/contract/source_tree.h"
#include "tests/contract/third_parties.h"

namespace visionops::contract_tests {
namespace {

namespace fs = std::filesystem;

struct Include {
  std::string target;
  bool quoted = false;
  std::size_t line = 0;
};

struct Source {
  std::string path;  ///< inside the repository
  std::string code;  ///< without comments and string literals
  std::vector<Include> includes;
  bool is_header() const { return path.ends_with(".h"); }
};

std::vector<Include> includes_of(const std::string& text) {
  static const std::regex pattern(R"(^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"].*$)");
  std::vector<Include> out;
  std::istringstream lines(text);
  std::string line;
  for (std::size_t number = 1; std::getline(lines, line); ++number) {
    std::smatch match;
    if (std::regex_match(line, match, pattern)) out.push_back({match[2], match[1] == "\"", number});
  }
  return out;
}

const std::vector<Source>& sources() {
  static const std::vector<Source> all = [] {
    std::vector<Source> out;
    for (const char* root : {"base", "operator", "worker", "crds", "samples"}) {
      for (const auto& file : files_below(source_dir() / root, {".h", ".cpp", ".cu"})) {
        const std::string text = read_text(file);
        out.push_back({fs::relative(file, source_dir()).generic_string(), without_comments(text), includes_of(text)});
      }
    }
    EXPECT_GT(out.size(), 50U);
    return out;
  }();
  return all;
}

bool is_below(const std::string& path, const std::string& folder) {
  return path == folder || (path.size() > folder.size() && path.starts_with(folder) && path[folder.size()] == '/');
}

/// The innermost room that holds the path.
const Room* room_of(const std::string& path) {
  const Room* best = nullptr;
  for (const auto& room : rooms()) {
    if (is_below(path, room.folder) && (best == nullptr || room.folder.size() > best->folder.size())) best = &room;
  }
  return best;
}

const Room* room_named(const std::string& name) {
  const auto found = std::find_if(rooms().begin(), rooms().end(), [&](const Room& room) { return room.name == name; });
  return found == rooms().end() ? nullptr : &*found;
}

std::string where(const Source& source, std::size_t line) { return source.path + ":" + std::to_string(line); }

TEST(Layering, EveryFileStandsInARoomOfThePlan) {
  for (const auto& source : sources()) EXPECT_NE(room_of(source.path), nullptr) << source.path;
}

/// Whether one of the rooms in `from` links one of those in `to`.
bool may_include(const std::string& from, const std::string& to) {
  if (from == to) return true;
  return std::any_of(rooms().begin(), rooms().end(), [&](const Room& room) {
    return room.folder == from && std::any_of(room.links.begin(), room.links.end(), [&](const std::string& link) {
             const Room* target = room_named(link);
             return target != nullptr && target->folder == to;
           });
  });
}

TEST(Layering, RoomsIncludeOnlyWhatThePlanAllows) {
  for (const auto& source : sources()) {
    const Room* room = room_of(source.path);
    if (room == nullptr) continue;
    for (const auto& include : source.includes) {
      const Room* target = include.quoted ? room_of(include.target) : nullptr;
      if (target == nullptr) continue;
      EXPECT_TRUE(may_include(room->folder, target->folder))
          << where(source, include.line) << ": " << room->folder << " does not link " << target->folder
          << ", so it may not include " << include.target;
    }
  }
}

std::set<std::string> reached_from(const Room& room) {
  std::set<std::string> seen;
  std::vector<std::string> next = room.links;
  while (!next.empty()) {
    const std::string here = next.back();
    next.pop_back();
    if (!seen.insert(here).second) continue;
    const Room* found = room_named(here);
    if (found != nullptr) next.insert(next.end(), found->links.begin(), found->links.end());
  }
  return seen;
}

TEST(Layering, NoRoomReachesItself) {
  for (const auto& room : rooms()) EXPECT_FALSE(reached_from(room).contains(room.name)) << room.name;
}

TEST(Layering, PureRoomsLinkPureRooms) {
  for (const auto& room : rooms()) {
    if (!room.pure) continue;
    for (const auto& link : room.links) {
      const Room* target = room_named(link);
      ASSERT_NE(target, nullptr) << link;
      EXPECT_TRUE(target->pure) << room.name << " links " << link;
    }
  }
}

TEST(Layering, AFolderHasAtMostTwentyUnits) {
  std::map<std::string, std::set<std::string>> units;
  for (const auto& source : sources()) {
    const fs::path path(source.path);
    units[path.parent_path().generic_string()].insert(path.stem().string());
  }
  for (const auto& [folder, names] : units) EXPECT_LE(names.size(), 20U) << folder;
}

TEST(Layering, NoFileIsLongerThanARoomOfOnesOwn) {
  for (const auto& source : sources()) {
    const auto lines = std::count(source.code.begin(), source.code.end(), '\n');
    EXPECT_LE(lines, 350) << source.path;
  }
}

TEST(Layering, IncludesAreRootedAtTheRepository) {
  for (const auto& source : sources()) {
    for (const auto& include : source.includes) {
      if (!include.quoted) continue;
      EXPECT_TRUE(fs::exists(source_dir() / include.target))
          << where(source, include.line) << ": \"" << include.target << "\" is not a path from the root";
    }
  }
}

TEST(Layering, ThirdPartyLibrariesStayInTheirRooms) {
  for (const auto& source : sources()) {
    for (const auto& include : source.includes) {
      if (include.quoted) continue;
      for (const auto& library : third_parties()) {
        if (!include.target.starts_with(library.prefix)) continue;
        const bool allowed = std::any_of(library.places.begin(), library.places.end(),
                                         [&](const std::string& place) { return is_below(source.path, place); });
        EXPECT_TRUE(allowed) << where(source, include.line) << ": <" << include.target << "> belongs elsewhere";
      }
    }
  }
}

TEST(Layering, PureRoomsTouchNothingOfTheWorld) {
  static const std::vector<std::string> headers{"fstream",  "iostream", "filesystem",  "thread",  "future",
                                                "unistd.h", "fcntl.h",  "sys/",        "spdlog/", "cpprest/",
                                                "pqxx/",    "curl/",    "prometheus/", "syslog.h"};
  static const std::regex words(
      R"(\b(system_clock::now|steady_clock::now|high_resolution_clock|random_device|getenv|setenv|fopen|ifstream|ofstream|std::cout|std::cerr|std::clog|std::rand|std::time|clock_gettime|this_thread|spdlog::))");
  for (const auto& source : sources()) {
    const Room* room = room_of(source.path);
    // The one clock that the others receive as an input.
    if (room == nullptr || !room->pure || source.path == "base/clock.cpp") continue;
    for (const auto& include : source.includes) {
      if (include.quoted) {
        const Room* other = room_of(include.target);
        EXPECT_TRUE(other == nullptr || other->pure) << where(source, include.line) << ": a pure room includes a shell";
        continue;
      }
      for (const auto& header : headers) {
        const bool hit = header.ends_with('/') ? include.target.starts_with(header) : include.target == header;
        EXPECT_FALSE(hit) << where(source, include.line) << ": a pure room includes <" << include.target << ">";
      }
    }
    std::smatch match;
    EXPECT_FALSE(std::regex_search(source.code, match, words)) << source.path << ": a pure room uses " << match.str();
  }
}

TEST(Layering, TheTrainersMathIsPureBesideTorch) {
  for (const auto& source : sources()) {
    if (!is_below(source.path, "worker/train/tasks/detection/metrics")) continue;
    for (const auto& include : source.includes) {
      const bool torch = include.target.starts_with("torch/") || include.target.starts_with("ATen/") ||
                         include.target.starts_with("c10/");
      EXPECT_FALSE(torch) << where(source, include.line) << ": metrics are plain C++";
    }
  }
}

TEST(Layering, TasksOfTheTrainerDoNotKnowEachOther) {
  const std::string tasks = "worker/train/tasks";
  const auto task_of = [&](const std::string& path) { return path.substr(0, path.find('/', tasks.size() + 1)); };
  for (const auto& source : sources()) {
    if (!is_below(source.path, tasks)) continue;
    for (const auto& include : source.includes) {
      if (!is_below(include.target, tasks)) continue;
      EXPECT_EQ(task_of(include.target), task_of(source.path)) << where(source, include.line);
    }
  }
}

TEST(Layering, HeadersDoNotCarryTheJsonTreeAround) {
  const auto is_heavy = [](const Source& source) {
    return std::any_of(source.includes.begin(), source.includes.end(),
                       [](const Include& include) { return include.target == "base/json.h"; });
  };
  std::vector<std::string> heavy;
  for (const auto& source : sources()) {
    if (source.is_header() && !is_below(source.path, "base") && is_heavy(source)) heavy.push_back(source.path);
  }
  for (const auto& source : sources()) {
    if (!source.is_header()) continue;
    for (const auto& include : source.includes) {
      EXPECT_EQ(std::find(heavy.begin(), heavy.end(), include.target), heavy.end())
          << where(source, include.line) << ": " << include.target << " is slow to compile, include it in a .cpp";
    }
  }
}

TEST(Layering, EveryHeaderGuardsItselfAndSaysWhatItIs) {
  for (const auto& source : sources()) {
    if (!source.is_header()) continue;
    EXPECT_NE(source.code.find("#pragma once"), std::string::npos) << source.path;
    EXPECT_TRUE(read_text(source_dir() / source.path).starts_with("//")) << source.path << " has no opening comment";
  }
}

TEST(Layering, NoThreadIsDetached) {
  for (const auto& source : sources()) {
    // Tensors are detached too, from their gradient.
    if (is_below(source.path, "worker/train")) continue;
    EXPECT_EQ(source.code.find(".detach()"), std::string::npos) << source.path;
  }
}

TEST(Layering, ContinuationsStayWhereCpprestDemandsThem) {
  for (const auto& source : sources()) {
    const bool has_cpprest = std::any_of(source.includes.begin(), source.includes.end(),
                                         [](const Include& include) { return include.target.starts_with("cpprest/"); });
    EXPECT_TRUE(has_cpprest || source.code.find(".then(") == std::string::npos) << source.path;
  }
}

}  // namespace
}  // namespace visionops::contract_tests
