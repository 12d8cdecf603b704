// A history table as a list of columns, each on one line, and the upsert that follows from it.
//
// A row travels as one JSON document that jsonb_to_record takes apart. The same list gives the type of that record, the
// columns of the insert, what happens to a row that is there, and the comparison that keeps an equal row untouched: a
// new column is a migration and one line.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace visionops::record {

/// What an upsert makes of the value in a row (`t.NAME`) and the value that comes (`excluded.NAME`).
enum class Keep {
  Newest,    ///< what comes
  Known,     ///< what comes, unless it is NULL
  First,     ///< what is there, unless it is NULL
  Fixed,     ///< what the row was made with: keys, times of creation
  ByRule,    ///< the column's own expression over t and excluded
  NotStored  ///< no column of the table: other parts of the statements read it from the record
};

struct ColumnSql {
  std::string name;
  std::string type;  ///< of the value in the record; empty: the record does not carry it
  Keep keep = Keep::Newest;
  std::string select;  ///< what is inserted, over r and what the target joins; empty: r.NAME
  std::string rule;    ///< for Keep::ByRule
};

/// A column whose value is made of an R.
template <class R>
struct Column {
  ColumnSql sql;
  Json (*value)(const R&) = nullptr;

  Column known() && { return kept(Keep::Known); }
  Column first() && { return kept(Keep::First); }
  Column fixed() && { return kept(Keep::Fixed); }
  Column not_stored() && { return kept(Keep::NotStored); }
  Column by_rule(std::string expression) && {
    sql.rule = std::move(expression);
    return kept(Keep::ByRule);
  }
  Column selected(std::string expression) && {
    sql.select = std::move(expression);
    return std::move(*this);
  }

 private:
  Column kept(Keep keep) {
    sql.keep = keep;
    return std::move(*this);
  }
};

/// "status visionops.run_status": name and type as in the migrations.
template <class R>
Column<R> column(std::string_view name, std::string_view type, Json (*value)(const R&)) {
  return {{std::string(name), std::string(type), Keep::Newest, {}, {}}, value};
}
/// A column that is computed in SQL alone.
template <class R>
Column<R> computed(std::string_view name, std::string_view select) {
  return {{std::string(name), {}, Keep::Newest, std::string(select), {}}, nullptr};
}

struct UpsertTarget {
  std::string table;       ///< "visionops.datasets"
  std::string joins;       ///< after FROM record AS r; may be empty
  std::string key;         ///< the columns of the conflict: "namespace, name, uid"
  std::string older_than;  ///< besides an older resource_version, when a row may be overwritten; may be empty
};

/// jsonb_to_record($1::jsonb) AS r(...): the record as a table of one row.
std::string record_sql(std::span<const ColumnSql> columns);
/// Insert; what is there is overwritten by a state that is not older, and only when something differs.
std::string upsert_sql(const UpsertTarget& target, std::span<const ColumnSql> columns);
/// `text` with every {record} replaced.
std::string with_record(std::string text, std::string_view record);

template <class R>
std::vector<ColumnSql> sql_of(const std::vector<Column<R>>& columns) {
  std::vector<ColumnSql> out;
  for (const auto& c : columns) out.push_back(c.sql);
  return out;
}

template <class R>
Json record_json(const std::vector<Column<R>>& columns, const R& row) {
  Json out = Json::object();
  for (const auto& c : columns) {
    if (c.value != nullptr) out[c.sql.name] = c.value(row);
  }
  return out;
}

/// A decimal resourceVersion as number, null for anything else.
Json version_json(const std::string& resource_version);

/// The columns that name a resource, before `columns`. Meta: const api::ObjectMeta& of an R.
template <class R, auto Meta>
std::vector<Column<R>> with_identity(std::vector<Column<R>> columns) {
  std::vector<Column<R>> out;
  out.push_back(column<R>("namespace", "text", [](const R& r) -> Json { return Meta(r).namespace_; }).fixed());
  out.push_back(column<R>("name", "text", [](const R& r) -> Json { return Meta(r).name; }).fixed());
  out.push_back(column<R>("uid", "text", [](const R& r) -> Json { return Meta(r).uid; }).fixed());
  out.push_back(
      column<R>("resource_version", "bigint", [](const R& r) { return version_json(Meta(r).resource_version); }));
  for (auto& c : columns) out.push_back(std::move(c));
  return out;
}

}  // namespace visionops::record
