#include "cli/settings/settings.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <utility>

#include <cachetool/error.hpp>

#include "cli/settings/paths.hpp"
#include "cli/settings/read_file.hpp"

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
    std::string_view part = text.substr(start, end - start);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    if (!part.empty()) parts.emplace_back(part);
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

struct way_to_php {
  adapter_kind kind;
  std::string_view option;
  std::string_view name;  // in the config file
};
constexpr way_to_php ways[] = {
    {adapter_kind::fastcgi, "fcgi", "fastcgi"}, {adapter_kind::web, "web", "web"}, {adapter_kind::cli, "cli", "cli"}};

way_to_php const& way_in_file(config const& file) {
  std::string const name = file.adapter.value_or("fastcgi");
  for (way_to_php const& way : ways) {
    if (way.name == name) return way;
  }
  throw error(error_kind::config, file.path + ": adapter is \"" + name + "\", and can be fastcgi, web or cli");
}

// An option that the chosen way ignores was meant for another one.
void refuse_options_of_others(options const& given, way_to_php const& chosen) {
  constexpr std::pair<adapter_kind, char const*> owned[] = {
      {adapter_kind::fastcgi, "fcgi-chroot"}, {adapter_kind::fastcgi, "all"},
      {adapter_kind::fastcgi, "pool"},        {adapter_kind::fastcgi, "php"},
      {adapter_kind::web, "web-path"},        {adapter_kind::web, "web-url"},
      {adapter_kind::web, "web-basic-auth"},  {adapter_kind::web, "web-allow-insecure"},
      {adapter_kind::web, "web-host"}};
  for (auto const& [owner, option] : owned) {
    if (owner == chosen.kind || !given.given(option)) continue;
    throw error(error_kind::usage,
                std::string("--") + option + " means nothing to the adapter " + std::string(chosen.name))
        .advise(owner == adapter_kind::web ? "say --web as well" : "say --fcgi as well");
  }
}

char const* first_given(options const& given, std::initializer_list<char const*> names) {
  for (char const* name : names) {
    if (given.given(name)) return name;
  }
  return nullptr;
}

// "@file" stands for the first line of a file: everybody on the machine can read a process's arguments.
std::optional<std::string> basic_auth(options const& given) {
  auto const text = given.text("web-basic-auth");
  if (!text || !text->starts_with('@')) return text;
  std::string const content = read_file(text->substr(1), given.seconds("deadline"));
  return content.substr(0, content.find_first_of("\r\n"));
}

int choose_retries(options const& given, int otherwise) {
  constexpr std::int64_t most = 1000;
  return static_cast<int>(std::min(given.count("retries").value_or(otherwise), most));
}

// Whoever owns HOME is the caller, or made the caller's home: a container's image. That does not hold for root, nor
// with sudo, which may leave HOME as it was.
config_owners believed(environment const& env) {
  config_owners owners{{0, geteuid()}};
  if (env.sudo_uid) owners.for_addresses.push_back(*env.sudo_uid);
  struct stat home {};
  bool const is_callers = geteuid() != 0 && !env.sudo_uid && !env.home.empty();
  if (is_callers && stat(env.home.c_str(), &home) == 0) owners.fully.push_back(home.st_uid);
  return owners;
}

}  // namespace

environment read_environment() {
  environment env;
  env.home = variable("HOME");
  env.state_home = variable("XDG_STATE_HOME");
  env.cachetool_fcgi = variable("CACHETOOL_FCGI");
  env.fcgi_connect = variable("FCGI_CONNECT");
  env.web_basic_auth = variable("CACHETOOL_WEB_BASIC_AUTH");
  env.shell_verbosity = variable("SHELL_VERBOSITY");
  env.shell = variable("SHELL");
  std::string const sudo_uid = variable("SUDO_UID");
  uid_t uid = 0;
  auto const parsed = std::from_chars(sudo_uid.data(), sudo_uid.data() + sudo_uid.size(), uid);
  if (!sudo_uid.empty() && parsed.ec == std::errc() && *parsed.ptr == '\0') env.sudo_uid = uid;
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

bool wants_colour(options const& given, environment const& env, bool terminal) {
  if (given.flag("no-ansi") > 0) return false;
  if (given.flag("ansi") > 0) return true;
  return !env.no_color && !env.dumb_terminal && terminal;
}

config load_config(options const& given, environment const& env) {
  auto const named = given.text("config");
  if (named && named->empty()) throw error(error_kind::usage, "the option --config has an empty value");
  if (named) return read_config_file(*named, believed(env));

  std::vector<std::string> ignored;
  config out;
  config_owners owners = believed(env);
  owners.found = true;
  for (std::string const& path : find_config_files(env.home)) {
    try {
      out = read_config_file(path, owners);
      break;
    } catch (untrusted_config const& why) {
      ignored.push_back(why.message() + "; it is ignored");
    }
  }
  out.warnings.insert(out.warnings.begin(), ignored.begin(), ignored.end());
  return out;
}

wanted_targets choose_targets(options const& given, config const& file, environment const& env) {
  wanted_targets targets;
  targets.narrowed = {given.flag("all") > 0, given.text("pool"), given.text("php")};
  char const* const narrowed_by = first_given(given, {"all", "pool", "php"});
  if (given.given("fcgi")) {
    std::vector<std::string> texts;
    for (auto const& value : given.all("fcgi")) {
      if (value) texts.push_back(*value);
      targets.find = targets.find || !value;
    }
    if (narrowed_by != nullptr && !texts.empty()) {
      throw error(error_kind::usage, std::string("--") + narrowed_by + " and --fcgi=" + texts.front() +
                                         " contradict each other: one chooses from what runs, the other names it");
    }
    add_endpoints(targets, texts, error_kind::usage, "--fcgi");
  } else if (narrowed_by != nullptr) {
    targets.find = true;
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

adapter_kind choose_adapter(options const& given, config const& file) {
  way_to_php const* chosen = nullptr;
  for (way_to_php const& way : ways) {
    if (!given.given(way.option)) continue;
    if (chosen != nullptr) {
      throw error(error_kind::usage,
                  "--" + std::string(chosen->option) + " and --" + std::string(way.option) + " contradict each other");
    }
    chosen = &way;
  }
  if (chosen == nullptr) chosen = &way_in_file(file);
  refuse_options_of_others(given, *chosen);
  return chosen->kind;
}

adapter::fastcgi_options choose_fastcgi(options const& given, config const& file) {
  adapter::fastcgi_options out;
  out.client.timeout = given.seconds("timeout").value_or(out.client.timeout);
  out.client.connect_timeout = given.seconds("connect-timeout").value_or(out.client.connect_timeout);
  out.retries = choose_retries(given, out.retries);
  out.place.tmp_dir = given.text("tmp-dir").value_or(file.temp_dir.value_or(""));
  if (!out.place.tmp_dir.empty()) out.place.tmp_dir = absolute_name(out.place.tmp_dir);
  out.place.agent_path = given.text("agent").value_or(file.agent.value_or(""));
  out.place.chroot = given.text("fcgi-chroot").value_or(file.fastcgi_chroot.value_or(""));
  return out;
}

adapter::web_options choose_web(options const& given, config const& file, environment const& env) {
  auto const client = given.text("web");
  if (client && *client != "FileGetContents" && *client != "SymfonyHttpClient") {
    throw error(error_kind::usage, "--web=" + *client + " is not known")
        .advise("--web, --web=FileGetContents and --web=SymfonyHttpClient all mean the same");
  }
  adapter::web_options out;
  out.url = given.text("web-url").value_or(file.web_url.value_or(""));
  if (out.url.empty()) {
    throw error(error_kind::usage, "which web site is not said").advise("--web-url=https://example.com");
  }
  out.path = given.text("web-path").value_or(file.web_path.value_or(out.path));
  out.basic_auth = basic_auth(given).value_or(file.web_basic_auth.value_or(env.web_basic_auth));
  out.host = given.text("web-host").value_or(file.web_host.value_or(""));
  out.allow_insecure = given.flag("web-allow-insecure") > 0 || file.web_allow_insecure.value_or(false);
  out.timeout = given.seconds("timeout").value_or(out.timeout);
  out.connect_timeout = given.seconds("connect-timeout").value_or(out.connect_timeout);
  out.retries = choose_retries(given, out.retries);
  return out;
}

adapter::cli_options choose_cli(options const& given) {
  adapter::cli_options out;
  out.timeout = given.seconds("timeout").value_or(out.timeout);
  return out;
}

}  // namespace cachetool::cli
