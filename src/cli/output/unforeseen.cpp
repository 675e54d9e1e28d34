#include "cli/output/unforeseen.hpp"

#include <new>
#include <string>
#include <system_error>

#include "base/text.hpp"

namespace cachetool::cli {
namespace {

// The system's own text does not say what is short.
std::string words_for(std::error_code code) {
  if (code == std::errc::not_enough_memory) return "no memory is left";
  if (code == std::errc::resource_unavailable_try_again) return "no further process or thread could be started";
  if (code == std::errc::too_many_files_open || code == std::errc::too_many_files_open_in_system) {
    return "too many files are open";
  }
  return "the system refused what is needed: " + code.message();
}

std::string words_for(std::exception const& failed) {
  if (dynamic_cast<std::bad_alloc const*>(&failed) != nullptr) return "no memory is left";
  if (auto const* const refused = dynamic_cast<std::system_error const*>(&failed)) {
    return words_for(refused->code());
  }
  return std::string("this is a bug in cachetool: ") + base::printable(failed.what(), 200);
}

}  // namespace

error unforeseen(std::exception const& failed) {
  if (auto const* const known = dynamic_cast<error const*>(&failed)) return *known;
  return error(error_kind::no_resources, words_for(failed))
      .advise("try again; ulimit -a shows how much memory, and how many processes and files, this user may have");
}

}  // namespace cachetool::cli
