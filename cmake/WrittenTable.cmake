# A table that follows from files: a .cpp in the build folder with one function that returns it. Who defines another
# name than the one that its file promises gets a link error, never a silent gap.
#
#   visionops_write_table(${CMAKE_CURRENT_BINARY_DIR}/table.cpp FROM "the files of worker/pipeline/manipulators"
#     INCLUDE worker/pipeline/manipulators/manipulator.h NAMESPACE visionops::pipeline FUNCTION manipulator_table
#     OF Manipulator NAMED crop rotate)      -> std::span<const Manipulator* const> manipulator_table()
# NAMED: constants OF that type, of NAMESPACE, or of another with IN; the table holds their addresses.
# ROWS: instead of names, values of the type as C++, one text.
function(visionops_write_table output)
  cmake_parse_arguments(PARSE_ARGV 1 TABLE "" "FROM;INCLUDE;NAMESPACE;FUNCTION;OF;IN;ROWS" "NAMED")
  if(NOT TABLE_IN)
    set(TABLE_IN ${TABLE_NAMESPACE})
  endif()
  set(element ${TABLE_OF})
  set(declarations "")
  if(NOT TABLE_ROWS)
    set(element "const ${TABLE_OF}*")
    foreach(name ${TABLE_NAMED})
      string(APPEND declarations "extern const ${TABLE_OF} ${name};\n")
      string(APPEND TABLE_ROWS "      &${TABLE_IN}::${name},\n")
    endforeach()
    set(declarations "namespace ${TABLE_IN} {\n${declarations}}  // namespace ${TABLE_IN}\n\n")
  endif()
  file(CONFIGURE OUTPUT ${output} @ONLY CONTENT
"// Written by CMake from @TABLE_FROM@.
#include <array>

#include \"@TABLE_INCLUDE@\"

@declarations@namespace @TABLE_NAMESPACE@ {

std::span<@element@ const> @TABLE_FUNCTION@() {
  static constexpr auto table = std::to_array<@element@>({
@TABLE_ROWS@  });
  return table;
}

}  // namespace @TABLE_NAMESPACE@
")
endfunction()
