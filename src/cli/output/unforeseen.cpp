#include "cli/output/unforeseen.hpp"

#include <new>
#include <string>
#include <system_error>

#include "base/text.hpp"

namespace cachetool::cli {
namespace {

std::string words_for(std::exception const& failed) {
  if (dynamic_cast<std::bad_alloc const*>(&failed) != nullptr) return "no memory is left";
  if (auto const* const refused = dynamic_cast<std::system_error const*>(&failed)) {
    return "the system refused what is needed: " + refused->code().message();
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
