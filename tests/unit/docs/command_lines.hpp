#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace test {

/// Returns what follows "cachetool" in each command line that a text shows, up to where the shell would end it: in
/// "cd /srv && cachetool doctor > out" that is "doctor".
std::vector<std::string> command_lines_in(std::string const& text);

/// Returns what stands between ` and ` in the sentences of a document.
std::vector<std::string> code_in_sentences_of(std::filesystem::path const& document);

/// Returns the command lines that a document shows in its blocks, and in its sentences `as code`.
std::vector<std::string> command_lines_of(std::filesystem::path const& document);

/// Returns the words of a command line as a shell would split them. A synopsis has its brackets taken away, and of
/// "table|json|csv" the first remains: "[--format=table|json]" is "--format=table".
std::vector<std::string> words_of(std::string const& command_line);

}  // namespace test
