# snn_parse: the grammar's generated code (compiled apart, as ANTLR needs it) and the folder that reads it.
set(antlr_out ${CMAKE_BINARY_DIR}/generated/antlr)
set(antlr_sources)
foreach(name SnnLexer SnnParser SnnParserVisitor SnnParserBaseVisitor)
  list(APPEND antlr_sources ${antlr_out}/${name}.cpp)
endforeach()
add_custom_command(
  OUTPUT ${antlr_sources} ${antlr_out}/SnnLexer.h ${antlr_out}/SnnParser.h
  COMMAND ${CMAKE_COMMAND} -E make_directory ${antlr_out}
  COMMAND ${ANTLR4} -Dlanguage=Cpp -Xexact-output-dir -o ${antlr_out} ${CMAKE_SOURCE_DIR}/grammar/SnnLexer.g4
  COMMAND ${ANTLR4} -Dlanguage=Cpp -visitor -no-listener -Xexact-output-dir -lib ${antlr_out} -o ${antlr_out}
          ${CMAKE_SOURCE_DIR}/grammar/SnnParser.g4
  DEPENDS ${CMAKE_SOURCE_DIR}/grammar/SnnLexer.g4 ${CMAKE_SOURCE_DIR}/grammar/SnnParser.g4
  COMMENT "Generating the parser" VERBATIM)
add_library(snn_grammar STATIC ${antlr_sources})
target_include_directories(snn_grammar SYSTEM PUBLIC ${antlr_out} /usr/include/antlr4-runtime)
target_compile_options(snn_grammar PUBLIC -fno-char8_t PRIVATE -w)
target_link_libraries(snn_grammar PUBLIC antlr4-runtime)

snn_library(snn_parse DIRS frontend/parse DEPS snn_ast)
target_link_libraries(snn_parse PRIVATE snn_grammar)
