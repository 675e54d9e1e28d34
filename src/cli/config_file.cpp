#include "cli/config_file.hpp"

#include <yaml-cpp/yaml.h>

#include <cerrno>
#include <cstdio>
#include <memory>
#include <system_error>

#include <cachetool/fastcgi/error.hpp>

#include "cli/nearest.hpp"
#include "cli/trusted_file.hpp"

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

// The two clients of CacheTool mean the same here; it goes on with any other name as well.
void take_web_client(config& into, std::string const& path, YAML::Node const& node, std::string const& key) {
  into.web_client = scalar(path, node, key);
  if (into.web_client == "FileGetContents" || into.web_client == "SymfonyHttpClient") return;
  into.warnings.push_back(path + ":" + std::to_string(node.Mark().line + 1) + ": webClient " + *into.web_client +
                          " is not known; curl makes every request");
}

// "http" is a key that CacheTool reads and never uses.
constexpr known_key keys[] = {
    {"adapter", take_text<&config::adapter>},
    {"extensions", take_list<&config::extensions>},
    {"temp_dir", take_text<&config::temp_dir>},
    {"fastcgi", take_list<&config::fastcgi>},
    {"fastcgiChroot", take_text<&config::fastcgi_chroot>},
    {"agent", take_text<&config::agent>},
    {"webClient", take_web_client},
    {"webPath", take_text<&config::web_path>},
    {"webUrl", take_text<&config::web_url>},
    {"webAllowInsecure", take_boolean<&config::web_allow_insecure>},
    {"webBasicAuth", take_text<&config::web_basic_auth>},
    {"webHost", take_text<&config::web_host>},
    {"http", [](config&, std::string const&, YAML::Node const&, std::string const&) {}},
};

void take_key(config& into, std::string const& path, YAML::Node const& name, YAML::Node const& node) {
  std::string const key = scalar(path, name, "a key");
  std::vector<std::string_view> names;
  for (known_key const& known : keys) {
    if (known.name == key) {
      if (!node.IsNull()) known.take(into, path, node, key);  // "fastcgi: ~" is as good as no line
      return;
    }
    names.push_back(known.name);
  }
  std::string const near = did_you_mean(nearest(key, names));
  into.warnings.push_back(path + ":" + std::to_string(name.Mark().line + 1) + ": unknown key " + key +
                          (near.empty() ? "" : ", " + near));
}

// yaml-cpp does not say why it cannot read a file. It is opened first and then looked at: what is read is what was
// found good.
std::string read_file(std::string const& path, std::vector<uid_t> const& owners) {
  constexpr std::size_t largest = 1 << 20;
  std::unique_ptr<FILE, int (*)(FILE*)> const file(std::fopen(path.c_str(), "re"), std::fclose);
  if (file && !owners.empty()) {
    std::string const why = why_not_trusted(fileno(file.get()), path, owners);
    if (!why.empty()) throw untrusted_config(path, why);
  }
  std::string text(largest + 1, '\0');
  std::size_t const size = file ? std::fread(text.data(), 1, text.size(), file.get()) : 0;
  if (!file || std::ferror(file.get()) != 0) {
    throw error(error_kind::config, "cannot read " + path + ": " + std::generic_category().message(errno));
  }
  if (size > largest) throw error(error_kind::config, path + " is larger than a megabyte, and no config file");
  text.resize(size);
  return text;
}

}  // namespace

untrusted_config::untrusted_config(std::string const& path, std::string const& why)
    : error(error_kind::config, "root does not follow the config file " + path + ": " + why) {
  advise("let root, or the user who called sudo, own it and every directory above it, and nobody else write them");
}

config read_config_file(std::string const& path, std::vector<uid_t> const& owners) {
  std::string const text = read_file(path, owners);
  try {
    YAML::Node const root = YAML::Load(text);
    config out;
    out.path = path;
    if (root.IsNull()) return out;  // an empty file says nothing
    if (!root.IsMap()) throw config_error(path, root.Mark(), "a map of keys and values is expected");
    for (auto const& pair : root) take_key(out, path, pair.first, pair.second);
    return out;
  } catch (YAML::Exception const& failed) {
    throw config_error(path, failed.mark, failed.msg);
  }
}

}  // namespace cachetool::cli
