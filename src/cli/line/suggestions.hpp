#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "cli/line/option_spec.hpp"

namespace cachetool::cli {

/// A whole word that may stand where the user types, and what it is.
struct suggestion {
  std::string word;
  std::string_view help{};
};

/// What a shell may offer for the word that is being typed.
struct suggestions {
  std::vector<suggestion> words;
  offer rest = offer::nothing;  ///< what may stand there besides, which the command line does not tell
  std::string before;           ///< "--pool=" where the rest is the value in the same word; else empty
};

/// Returns what may stand for `current`, after the words before it (without the program's name). The words begin with
/// `current`; a command that it abbreviates is given with its whole name.
suggestions suggest(std::vector<std::string> const& words, std::string_view current);

}  // namespace cachetool::cli
