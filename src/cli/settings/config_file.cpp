#include "cli/settings/config_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <cerrno>

#include <cachetool/error.hpp>

#include "base/text.hpp"
#include "base/unique_fd.hpp"
#include "cli/line/nearest.hpp"
#include "cli/settings/trusted_file.hpp"

namespace cachetool::cli {
namespace {

error config_error(std::string const& path, YAML::Mark const& mark, std::string const& what) {
  std::string where = path;
  if (!mark.is_null()) where += ":" + std::to_string(mark.line + 1) + ":" + std::to_string(mark.column + 1);
  return error(error_kind::config, where + ": " + what);
}

std::string scalar(std::string const& path, YAML::Node const& node, std::string const& key) {
  if (!node.IsScalar()) throw config_error(path, node.Mark(), key + " must be a single value");
  return node.Scalar();
}

std::vector<std::string> list(std::string const& path, YAML::Node const& node, std::string const& key) {
  if (!node.IsSequence()) return {scalar(path, node, key)};
  std::vector<std::string> values;
  for (YAML::Node const& item : node) values.push_back(scalar(path, item, key));
  return values;
}

bool boolean(std::string const& path, YAML::Node const& node, std::string const& key) {
  bool value = false;
  if (!YAML::convert<bool>::decode(node, value)) throw config_error(path, node.Mark(), key + " must be true or false");
  return value;
}

struct known_key {
  std::string_view name;
  bool names_an_address;  // or does nothing
  void (*take)(config&, std::string const& path, YAML::Node const&, std::string const& key);
};

template <auto Member>
void take_text(config& into, std::string const& path, YAML::Node const& node, std::string const& key) {
  into.*Member = scalar(path, node, key);
}

template <auto Member>
void take_list(config& into, std::string const& path, YAML::Node const& node, std::string const& key) {
  into.*Member = list(path, node, key);
}

template <auto Member>
void take_boolean(config& into, std::string const& path, YAML::Node const& node, std::string const& key) {
  into.*Member = boolean(path, node, key);
}

// CacheTool's two clients are the same here. CacheTool accepts any other name, too.
void take_web_client(config& into, std::string const& path, YAML::Node const& node, std::string const& key) {
  into.web_client = scalar(path, node, key);
  if (into.web_client == "FileGetContents" || into.web_client == "SymfonyHttpClient") return;
  into.warnings.push_back(path + ":" + std::to_string(node.Mark().line + 1) + ": webClient " + *into.web_client +
                          " is not known; curl makes every request");
}

void take_reset(config& into, std::string const& path, YAML::Node const& node, std::string const& key) {
  std::string const way = scalar(path, node, key);
  if (way != "graceful" && way != "restart") {
    throw config_error(path, node.Mark(), "reset is graceful or restart, not " + way);
  }
  into.graceful = way == "graceful";
}

// CacheTool reads the key "http" and never uses it.
constexpr known_key keys[] = {
    {"adapter", true, take_text<&config::adapter>},
    {"extensions", true, take_list<&config::extensions>},
    {"temp_dir", false, take_text<&config::temp_dir>},
    {"fastcgi", true, take_list<&config::fastcgi>},
    {"fastcgiChroot", false, take_text<&config::fastcgi_chroot>},
    {"agent", false, take_text<&config::agent>},
    {"webClient", false, take_web_client},
    {"webPath", false, take_text<&config::web_path>},
    {"webUrl", false, take_text<&config::web_url>},
    {"webAllowInsecure", false, take_boolean<&config::web_allow_insecure>},
    {"webBasicAuth", false, take_text<&config::web_basic_auth>},
    {"webHost", false, take_text<&config::web_host>},
    {"reset", false, take_reset},
    {"http", true, [](config&, std::string const&, YAML::Node const&, std::string const&) {}},
};

bool names_an_address(known_key const& known, YAML::Node const& node) {
  bool const another_way = known.name == "adapter" && !(node.IsScalar() && node.Scalar() == "fastcgi");
  return known.names_an_address && !another_way;
}

void take_key(config& into, std::string const& path, YAML::Node const& name, YAML::Node const& node,
              bool addresses_only) {
  std::string const key = scalar(path, name, "a key");
  std::vector<std::string_view> names;
  for (known_key const& known : keys) {
    if (known.name == key) {
      if (node.IsNull()) return;  // "fastcgi: ~" is as good as no line
      if (addresses_only && !names_an_address(known, node)) {
        throw untrusted_config(path, "it says " + key + ", which the user who called sudo may not");
      }
      return known.take(into, path, node, key);
    }
    names.push_back(known.name);
  }
  std::string const near = did_you_mean(nearest(key, names));
  into.warnings.push_back(path + ":" + std::to_string(name.Mark().line + 1) + ": unknown key " + key +
                          (near.empty() ? "" : ", " + near));
}

std::vector<uid_t> all_of(config_owners const& owners) {
  std::vector<uid_t> all = owners.fully;
  all.insert(all.end(), owners.for_addresses.begin(), owners.for_addresses.end());
  return all;
}

std::string why_not_trusted_at_all(base::unique_fd const& file, std::string const& path,
                                   std::vector<uid_t> const& owners) {
  // The name is checked first: that the file cannot be read may be somebody's intention.
  std::string const why = why_name_not_trusted(path, owners);
  return why.empty() && file ? why_not_trusted(file.get(), path, owners) : why;
}

// A link to a file that only root may read would show its contents to whoever made the link.
bool may_be_shown(base::unique_fd const& file, config_owners const& owners) {
  struct stat info {};
  if (!file || fstat(file.get(), &info) != 0) return true;
  return (info.st_mode & S_IROTH) != 0 ||
         std::find(owners.for_addresses.begin(), owners.for_addresses.end(), info.st_uid) != owners.for_addresses.end();
}

struct read_text {
  std::string text;
  bool addresses_only;
};

std::string read_all(base::unique_fd const& file, std::string const& path) {
  constexpr std::size_t largest = 1 << 20;
  std::string text;
  char part[16384];
  while (text.size() <= largest) {
    ssize_t const size = read(file.get(), part, sizeof part);
    if (size == 0) return text;
    if (size < 0) throw error(error_kind::config, "cannot read " + path + ": " + base::errno_text(errno));
    text.append(part, static_cast<std::size_t>(size));
  }
  throw error(error_kind::config, path + " is larger than a megabyte, and no config file");
}

// The file is opened first and then checked, so what is read is what was checked. A FIFO does not block this.
read_text read_if_trusted(std::string const& path, config_owners const& owners) {
  std::string const put = owners.found ? why_may_be_put_there(path) : "";
  if (!put.empty()) throw untrusted_config(path, put);
  base::unique_fd const file(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
  int const failed = errno;
  bool addresses_only = false;
  if (!owners.fully.empty() && !why_not_trusted_at_all(file, path, owners.fully).empty()) {
    std::string const why = why_not_trusted_at_all(file, path, all_of(owners));
    if (!why.empty()) throw untrusted_config(path, why);
    if (!may_be_shown(file, owners)) throw untrusted_config(path, "it is a link to what others may not read");
    addresses_only = true;
  }
  if (!file) throw error(error_kind::config, "cannot read " + path + ": " + base::errno_text(failed));
  fcntl(file.get(), F_SETFL, fcntl(file.get(), F_GETFL) & ~O_NONBLOCK);
  return {read_all(file, path), addresses_only};
}

}  // namespace

untrusted_config::untrusted_config(std::string const& path, std::string const& why)
    : error(error_kind::config, "the config file " + path + " is not followed: " + why) {
  advise("let root or the user who runs this own it and every directory above it, and nobody else write them");
}

config read_config_file(std::string const& path, config_owners const& owners) {
  auto const [text, addresses_only] = read_if_trusted(path, owners);
  try {
    YAML::Node const root = YAML::Load(text);
    config out;
    out.path = path;
    if (root.IsNull()) return out;  // an empty file says nothing
    if (!root.IsMap()) throw config_error(path, root.Mark(), "a map of keys and values is expected");
    for (auto const& pair : root) take_key(out, path, pair.first, pair.second, addresses_only);
    return out;
  } catch (YAML::Exception const& failed) {
    throw config_error(path, failed.mark, failed.msg);
  }
}

}  // namespace cachetool::cli
