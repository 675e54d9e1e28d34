#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace test {

/// Returns README.md and everything below docs/ that is written in Markdown.
std::vector<std::filesystem::path> documents();

/// Returns what is in a file.
std::string text_of(std::filesystem::path const& file);

/// Returns the lines of a document that are neither in a fenced block nor in an indented one.
std::vector<std::string> prose_of(std::filesystem::path const& document);

/// Returns the other lines, without the indent.
std::vector<std::string> blocks_of(std::filesystem::path const& document);

}  // namespace test
