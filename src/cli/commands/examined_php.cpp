#include "cli/commands/examined_php.hpp"

#include "base/text.hpp"
#include "doctor/examine.hpp"

namespace cachetool::cli {
namespace {

// Who answered is known by now, so that nobody has to connect once more to ask the kernel.
std::optional<fpm::listener> host_of(target const& whom, adapter::adapter const& php) {
  if (!whom.where) return std::nullopt;
  return fpm::master_of(*whom.where, php.master(), {.interrupt_fd = whom.interrupt_fd});
}

}  // namespace

examined_php examine_php(target const& whom, agent::observer& log, bool lines) {
  if (whom.unreachable) throw *whom.unreachable;
  examined_php out;
  for (bool strict = true;; strict = false) {  // without it, by an adapter that tries no other place
    out.php = whom.open(log);
    try {
      out.caches = doctor::examine(*out.php, {.functions = true, .lines = lines, .strict = strict});
      out.host = host_of(whom, *out.php);
      return out;
    } catch (error const& failed) {
      if (!strict || failed.kind() != error_kind::restricted) throw out.php->examined(failed);
    }
  }
}

std::string options_for(target const& whom, bool is_one_of_several) {
  if (!whom.where || (whom.found && !is_one_of_several)) return {};
  return " --fcgi=" + base::shell_word(whom.where->text());
}

}  // namespace cachetool::cli
