# cmake -DFOLDER=migrations -DOUTPUT=migration_files.cpp -P embed_migrations.cmake
# Writes all NNNN_name.sql of FOLDER into one C++ file, sorted by number.
file(GLOB files ${FOLDER}/*.sql)
list(SORT files)
cmake_minimum_required(VERSION 3.25)
set(entries "")
foreach(path ${files})
  get_filename_component(file ${path} NAME)
  if(NOT file MATCHES "^([0-9][0-9][0-9][0-9])_([a-z0-9_]+)\\.sql$")
    message(FATAL_ERROR "${file}: a migration is named NNNN_name.sql")
  endif()
  set(number ${CMAKE_MATCH_1})
  set(name ${CMAKE_MATCH_2})
  string(REGEX REPLACE "^0+" "" number ${number})
  file(READ ${path} sql)
  string(APPEND entries "      {${number}, \"${name}\", R\"~sql~(${sql})~sql~\"},\n")
endforeach()
file(WRITE ${OUTPUT} "// Generated from operator/record/migrations/*.sql.
#include \"operator/record/migrations.h\"

namespace visionops::record {

const std::vector<Migration>& embedded_migrations() {
  static const std::vector<Migration> migrations{
${entries}  };
  return migrations;
}

}  // namespace visionops::record
")
