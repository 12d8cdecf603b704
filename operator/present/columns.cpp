#include "operator/present/columns.h"

#include <algorithm>
#include <span>

#include "operator/present/settlement.h"

namespace visionops::commands {

namespace {

using api::Column;
using api::or_dash;
using cluster::Kind;

std::string age(const api::ObjectMeta& meta, TimePoint now) {
  return meta.creation_timestamp == TimePoint{} ? "" : format_age(now - meta.creation_timestamp);
}

std::string upper(std::string_view word) {
  std::string out(word);
  std::ranges::transform(out, out.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return out;
}

template <class T>
constexpr Column<T> shown(std::string_view name, std::string (*cell)(const T&), bool wide = false) {
  return {name, "string", "", "", cell, wide};
}

std::string job_phase(const cluster::Job& j) {
  if (j.status.complete) return "Complete";
  if (j.status.failed_condition) return "Failed";
  return j.spec.suspend ? "Suspended" : "Running";
}

constexpr Column<cluster::Job> kJob[] = {shown<cluster::Job>("Status", job_phase),
                                         shown<cluster::Job>("Completions",
                                                             [](const cluster::Job& j) {
                                                               return std::to_string(j.status.succeeded) + "/" +
                                                                      std::to_string(j.spec.completions);
                                                             }),
                                         shown<cluster::Job>(
                                             "Message", [](const cluster::Job& j) { return j.status.message; }, true)};

constexpr std::array<std::string_view, 5> kPodPhases{"Pending", "Running", "Succeeded", "Failed", "Unknown"};

constexpr Column<cluster::Pod> kPod[] = {
    shown<cluster::Pod>(
        "Status", [](const cluster::Pod& p) { return std::string(kPodPhases.at(static_cast<std::size_t>(p.phase))); }),
    shown<cluster::Pod>("Reason", [](const cluster::Pod& p) { return or_dash(p.reason); }),
    shown<cluster::Pod>(
        "Message", [](const cluster::Pod& p) { return p.message; }, true)};

constexpr Column<cluster::Lease> kLease[] = {
    shown<cluster::Lease>("Holder", [](const cluster::Lease& l) { return or_dash(l.holder); })};

std::string reservation(const cluster::Workload& w) {
  const auto* reserved = api::find_condition(w.conditions, "QuotaReserved");
  return reserved ? reserved->message : "";
}

constexpr Column<cluster::Workload> kWorkload[] = {
    shown<cluster::Workload>("Status",
                             [](const cluster::Workload& w) {
                               return std::string(api::is_true(w.conditions, "Admitted") ? "Admitted" : "Pending");
                             }),
    shown<cluster::Workload>("Message", reservation, true)};

/// What is not listed here has a name and an age.
struct ColumnsOf {
  std::span<const Column<cluster::Job>> operator()(const cluster::Job&) const { return kJob; }
  std::span<const Column<cluster::Pod>> operator()(const cluster::Pod&) const { return kPod; }
  std::span<const Column<cluster::Lease>> operator()(const cluster::Lease&) const { return kLease; }
  std::span<const Column<cluster::Workload>> operator()(const cluster::Workload&) const { return kWorkload; }
  template <class Other>
  std::span<const Column<Other>> operator()(const Other&) const {
    if constexpr (api::Resource<Other>) return Other::columns();
    return {};
  }
};

/// A cell with the head of its column: a table cannot have more of one than of the other.
struct Cell {
  std::string head;
  std::string text;
};

template <class T>
void add_columns(const T& object, bool wide, std::vector<Cell>& cells) {
  for (const auto& column : ColumnsOf()(object)) {
    if (column.wide == wide && column.cell != nullptr) cells.push_back({upper(column.name), column.cell(object)});
  }
}

/// Of a kind that is only watched, what is read of it: "spec.text" is TEXT.
template <class T>
void add_texts(const T& object, std::vector<Cell>& cells) {
  if constexpr (requires { object.texts; }) {
    for (const auto path : std::get<cluster::place_of<T>(cluster::kTable)>(cluster::kTable).reads) {
      if (path.empty()) continue;
      const auto text = object.texts.find(std::string(path));
      cells.push_back({upper(path.substr(path.rfind('.') + 1)), text == object.texts.end() ? "-" : text->second});
    }
  }
}

std::vector<Cell> cells_of(const cluster::Object& object, TimePoint now, bool wide) {
  return std::visit(
      [&]<class T>(const T& typed) {
        std::vector<Cell> cells{{"NAME", typed.meta.name}};
        add_columns(typed, false, cells);
        add_texts(typed, cells);
        cells.push_back({"AGE", age(typed.meta, now)});
        if (!wide) return cells;
        add_columns(typed, true, cells);
        if constexpr (api::Resource<T>) cells.push_back({"MESSAGE", typed.status.message});
        return cells;
      },
      object);
}

/// "dataset", "datasets", "vds".
bool is_word_of(const cluster::KindRow& row, std::string_view word) {
  return word == lower(row.name) || word == row.plural || (word == row.short_name && !word.empty());
}

}  // namespace

TableRow header_of(Kind kind, bool wide) {
  TableRow out;
  for (auto& cell : cells_of(cluster::bare_object(kind), TimePoint{}, wide)) out.push_back(std::move(cell.head));
  return out;
}

TableRow row_of(const cluster::Object& object, TimePoint now, bool wide) {
  TableRow out;
  for (auto& cell : cells_of(object, now, wide))
    out.push_back(cell.head == "PHASE" ? phase_word(cell.text, settlement_of(object).rest) : std::move(cell.text));
  return out;
}

std::optional<Kind> parse_kind(const std::string& word) {
  const std::string given = lower(word);
  for (std::size_t place = 0; place < cluster::kKindRows.size(); ++place) {
    const auto& row = cluster::kKindRows.at(place);
    const std::string suffix = "." + std::string(row.group());
    const bool with_group = suffix.size() > 1 && given.ends_with(suffix);
    if (is_word_of(row, std::string_view(given).substr(0, given.size() - (with_group ? suffix.size() : 0)))) {
      return static_cast<Kind>(place);
    }
  }
  return std::nullopt;
}

}  // namespace visionops::commands
