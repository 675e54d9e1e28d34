#include "cli/settings.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include <cachetool/fastcgi/error.hpp>

namespace cachetool::cli {
namespace {

std::string variable(char const* name) {
  char const* const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

std::vector<std::string> split_commas(std::string_view text) {
  std::vector<std::string> parts;
  for (std::size_t start = 0; start < text.size();) {
    std::size_t const end = std::min(text.find(',', start), text.size());
    if (end > start) parts.emplace_back(text.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

void add_endpoints(wanted_targets& targets, std::vector<std::string> const& texts, error_kind blame,
                   std::string const& source) {
  for (std::string const& text : texts) {
    try {
      targets.named.push_back(fastcgi::endpoint::parse(text));
    } catch (error const& failed) {
      throw error(blame, source + ": " + failed.message()).advise(failed.hint());
    }
  }
}

}  // namespace

environment read_environment() {
  environment env;
  env.home = variable("HOME");
  env.cachetool_fcgi = variable("CACHETOOL_FCGI");
  env.fcgi_connect = variable("FCGI_CONNECT");
  env.shell_verbosity = variable("SHELL_VERBOSITY");
  env.no_color = !variable("NO_COLOR").empty();
  std::string const terminal = variable("TERM");
  env.dumb_terminal = terminal.empty() || terminal == "dumb";
  return env;
}

int verbosity(options const& given, environment const& env) {
  if (given.flag("quiet") > 0) return -1;
  if (given.flag("verbose") > 0) return std::min(given.flag("verbose"), 3);
  if (env.shell_verbosity == "-1") return -1;
  if (env.shell_verbosity.size() == 1 && env.shell_verbosity >= "0" && env.shell_verbosity <= "9") {
    return std::min(env.shell_verbosity.front() - '0', 3);
  }
  return 0;
}

bool wants_colour(options const& given, environment const& env) {
  if (given.flag("no-ansi") > 0) return false;
  if (given.flag("ansi") > 0) return true;
  return !env.no_color && !env.dumb_terminal && isatty(STDOUT_FILENO) == 1;
}

config load_config(options const& given, environment const& env) {
  auto const named = given.text("config");
  std::string const path = named ? *named : find_config_file(env.home);
  if (named && path.empty()) throw error(error_kind::usage, "the option --config has an empty value");
  return path.empty() ? config() : read_config_file(path);
}

wanted_targets choose_targets(options const& given, config const& file, environment const& env) {
  wanted_targets targets;
  if (given.given("fcgi")) {
    std::vector<std::string> texts;
    for (auto const& value : given.all("fcgi")) {
      if (value) texts.push_back(*value);
      targets.find = targets.find || !value;
    }
    add_endpoints(targets, texts, error_kind::usage, "--fcgi");
  } else if (file.fastcgi) {
    add_endpoints(targets, *file.fastcgi, error_kind::config, file.path + ": fastcgi");
  } else if (!env.cachetool_fcgi.empty()) {
    add_endpoints(targets, split_commas(env.cachetool_fcgi), error_kind::usage, "CACHETOOL_FCGI");
  } else if (!env.fcgi_connect.empty()) {
    add_endpoints(targets, {env.fcgi_connect}, error_kind::usage, "FCGI_CONNECT");
  }
  if (targets.named.empty()) targets.find = true;
  return targets;
}

adapter::fastcgi_options choose_fastcgi(options const& given, config const& file) {
  adapter::fastcgi_options out;
  out.client.timeout = given.seconds("timeout").value_or(out.client.timeout);
  out.client.connect_timeout = given.seconds("connect-timeout").value_or(out.client.connect_timeout);
  out.retries = static_cast<int>(std::min<std::int64_t>(given.count("retries").value_or(out.retries), 1000));
  out.place.tmp_dir = given.text("tmp-dir").value_or(file.temp_dir.value_or(""));
  out.place.agent_path = given.text("agent").value_or(file.agent.value_or(""));
  return out;
}

}  // namespace cachetool::cli
