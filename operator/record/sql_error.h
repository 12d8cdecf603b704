// PostgreSQL failures as values. SQLSTATE classes: PostgreSQL documentation, appendix A.
#pragma once

#include <pqxx/pqxx>

#include <string>
#include <string_view>

#include "base/result.h"

namespace visionops::record {

/// Only errors that the data themselves cause are Invalid (classes 21, 22, 23, 54 and raised
/// exceptions, P0); everything else can pass or be repaired by an administrator, and history waits.
ErrorClass classify_sqlstate(std::string_view sqlstate);

/// One line, without the statement and its data.
std::string first_line(std::string_view text);

/// Runs `work` and turns what libpqxx throws into an Error. A lost connection is Retry.
template <class Work>
Status sql_guard(Work&& work) {
  try {
    work();
    return {};
  } catch (const pqxx::broken_connection& e) {
    return retry_error(first_line(e.what()));
  } catch (const pqxx::in_doubt_error& e) {
    return retry_error(first_line(e.what()));  // committed or not: the replay changes nothing
  } catch (const pqxx::sql_error& e) {
    return Error{classify_sqlstate(e.sqlstate()), first_line(e.what()) + " (" + e.sqlstate() + ")"};
  } catch (const std::exception& e) {
    return retry_error(first_line(e.what()));
  }
}

}  // namespace visionops::record
