#include "adapter/cli_adapter.hpp"

#include "adapter/child.hpp"
#include "base/text.hpp"

namespace cachetool::adapter {
namespace {

error not_run(child_result const& ended, std::string const& printed) {
  constexpr std::size_t shown = 200;
  std::string const& said = ended.err.empty() ? printed : ended.err;
  return error(error_kind::protocol, "php ended with code " + std::to_string(ended.status) +
                                         " without running the agent" +
                                         (said.empty() ? "" : ": \"" + base::printable(said, shown) + "\""))
      .advise("is the php in PATH PHP's command line (php -v)?");
}

// The general hints are about php-fpm.
std::string hint(error const& failed) {
  if (failed.kind() == error_kind::opcache_off) return "on the command line opcache.enable_cli=1 switches it on";
  if (failed.kind() == error_kind::extension_missing) return "php -m lists what the php in PATH has loaded";
  return failed.hint();
}

}  // namespace

// The agent is php's standard input, so it needs no file. The arguments are descriptor 3.
agent::answer cli_adapter::run(agent::call const& what) {
  agent::encoded_call encoded = agent::encode(what);
  watcher_.running(what, label(), "php -");
  child_options options;
  options.argv = {"php"};
  options.environment = {"CACHETOOL_OP=" + what.operation, "CACHETOOL_NONCE=" + encoded.nonce,
                         "CONTENT_LENGTH=" + std::to_string(encoded.body.size())};
  options.input = agent::source_for(what.operation).text;
  options.extra_input = encoded.body;
  options.timeout = what.timeout.value_or(options_.timeout);
  options.interrupt_fd = options_.interrupt_fd;
  agent::answer_reader reader(std::move(encoded.nonce), what.rows, what.printed);
  try {
    child_result const ended = run_child(options, [&](std::string_view part) { reader.feed(part); });
    if (!reader.began()) throw not_run(ended, reader.foreign());
    agent::answer answer = reader.finish();
    if (!ended.err.empty()) watcher_.said(ended.err);
    watcher_.answered(answer);
    return answer;
  } catch (error& failed) {
    reader.end();
    failed.on(label()).advise(hint(failed));
    throw;
  }
}

}  // namespace cachetool::adapter
