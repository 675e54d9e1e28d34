#include "fpm/config.hpp"

#include <strings.h>

#include <algorithm>
#include <cctype>
#include <charconv>
#include <map>

#include <cachetool/error.hpp>

namespace cachetool::fpm {
namespace {

constexpr int deepest_include = 5;
constexpr std::size_t most_files = 10000;
constexpr std::size_t most_bytes = std::size_t{32} << 20;
constexpr std::size_t most_directives = 200000;
constexpr std::size_t longest_value = 65536;
constexpr std::size_t longest_name = 256;  // of a pool
constexpr std::size_t longest_path = 4096;
constexpr std::size_t most_includes = 500;  // a pattern may match a directory with many names

constexpr std::string_view blanks = " \t\r";

std::string_view trim(std::string_view text) {
  std::size_t const begin = text.find_first_not_of(blanks);
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(blanks) - begin + 1);
}

std::string lower(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return out;
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), lower(text)) != words.end();
}

// The ini language's value of a bare word.
std::string bare_word(std::string_view text) {
  if (is_one_of(text, {"on", "yes", "true"})) return "1";
  if (is_one_of(text, {"off", "no", "none", "false", "null"})) return "";
  return std::string(text);
}

// Reads the value after the equals sign: quoted parts, ${NAME} and bare text, in any order.
class value_reader {
 public:
  value_reader(std::string_view text, config_source const& source) : rest_(trim(text)), source_(source) {}

  std::string read() {
    if (rest_.find_first_of("\"';$") == rest_.npos) return bare_word(rest_.substr(0, longest_value));
    std::string value;
    while (!rest_.empty() && rest_.front() != ';' && value.size() < longest_value) value += part();
    value.resize(std::min(value.size(), longest_value));
    return value;
  }

 private:
  std::string part() {
    if (rest_.front() == '"') return double_quoted();
    if (rest_.front() == '\'') return single_quoted();
    if (rest_.starts_with("${")) return variable();
    return bare();
  }

  std::string take(std::size_t count) {
    count = std::min(count, rest_.size());
    std::string taken(rest_.substr(0, count));
    rest_.remove_prefix(count);
    return taken;
  }

  std::string single_quoted() {
    rest_.remove_prefix(1);
    std::string text = take(rest_.find('\''));
    take(1);
    return text;
  }

  std::string double_quoted() {
    rest_.remove_prefix(1);
    std::string text;
    while (!rest_.empty() && rest_.front() != '"') {
      if (rest_.starts_with("\\\"") || rest_.starts_with("\\\\")) rest_.remove_prefix(1);
      text += rest_.starts_with("${") ? variable() : take(1);
    }
    take(1);
    return text;
  }

  std::string variable() {
    std::size_t const end = rest_.find('}');
    std::string text = take(end == rest_.npos ? rest_.npos : end + 1);
    if (!text.ends_with('}')) return text;
    std::string const inside = text.substr(2, text.size() - 3);
    std::size_t const fallback = inside.find(":-");  // since PHP 8.3
    auto value = source_.variable(inside.substr(0, fallback));
    if (value && value->empty() && fallback != inside.npos) return inside.substr(fallback + 2);
    return value ? *value : text;
  }

  // Only blanks between two other parts count as nothing.
  std::string bare() {
    std::size_t end = 0;
    while (end < rest_.size() && rest_[end] != '"' && rest_[end] != '\'' && rest_[end] != ';' &&
           !rest_.substr(end).starts_with("${"))
      ++end;
    std::string text = take(end);
    if (trim(text).empty()) return {};
    if (rest_.empty() || rest_.front() == ';') text.resize(text.find_last_not_of(blanks) + 1);
    return text;
  }

  std::string_view rest_;
  config_source const& source_;
};

void replace_all(std::string& text, std::string_view what, std::string const& by) {
  for (std::size_t at = text.find(what); at != text.npos && text.size() + by.size() <= longest_value;
       at = text.find(what, at + by.size())) {
    text.replace(at, what.size(), by);
  }
}

class parser {
 public:
  explicit parser(config_source const& source) : source_(source) {}

  void file(std::string const& path, int depth) {
    if (depth > deepest_include || files_ == most_files || bytes_ >= most_bytes) return;
    ++files_;
    std::optional<std::string> const text = source_.read(path);
    if (!text) return;
    bytes_ += text->size();
    std::string_view rest = *text;
    for (int number = 1; !rest.empty(); ++number) {
      std::size_t const end = std::min(rest.find('\n'), rest.size());
      line(rest.substr(0, end), path, number, depth);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
  }

  configuration take() { return std::move(result_); }

 private:
  void line(std::string_view text, std::string const& path, int number, int depth) {
    text = trim(text.substr(0, text.find('\0')));
    if (text.empty() || text.front() == ';' || text.front() == '#') return;
    if (text.front() == '[') return section(text.substr(1));
    std::size_t const equals = text.find('=');
    if (equals == text.npos) return;
    std::string const name = spelling(trim(text.substr(0, equals)));
    std::string value = value_reader(text.substr(equals + 1), source_).read();
    if (name == "include") return include(value, depth);
    add(name, {std::move(value), path, number});
  }

  // Case does not matter in a directive's name, but it does in brackets.
  static std::string spelling(std::string_view name) {
    std::size_t const bracket = std::min(name.find('['), name.size());
    return lower(name.substr(0, bracket)) + std::string(name.substr(bracket));
  }

  void section(std::string_view text) {
    std::string const name = value_reader(text.substr(0, text.find(']')), source_).read();
    pool_.reset();
    is_global_ = strcasecmp(name.c_str(), "global") == 0;
    if (is_global_ || name.size() > longest_name) return;
    auto const [known, is_new] = index_.try_emplace(lower(name), result_.pools.size());
    pool_ = known->second;
    if (is_new && result_.pools.size() < most_files) result_.pools.emplace_back(name, directives{});
  }

  void include(std::string pattern, int depth) {
    if (pattern.empty()) return;
    if (!pattern.starts_with('/')) pattern = source_.prefix + "/" + pattern;
    if (pattern.size() > longest_path || ++includes_ > most_includes) return;
    for (std::string const& path : source_.matches(pattern)) file(path, depth + 1);
  }

  void add(std::string const& name, directive what) {
    if (++directives_ > most_directives || kept_bytes_ >= most_bytes) return;
    if (is_global_) {
      keep(result_.global, name, std::move(what));
    } else if (pool_ && *pool_ < result_.pools.size()) {
      auto& [pool, lines] = result_.pools[*pool_];
      replace_all(what.value, "$pool", pool);
      keep(lines, name, std::move(what));
    }
  }

  void keep(directives& lines, std::string const& name, directive what) {
    kept_bytes_ += name.size() + what.value.size() + what.file.size();
    lines[name] = std::move(what);
  }

  config_source const& source_;
  configuration result_;
  bool is_global_ = true;
  std::optional<std::size_t> pool_;
  std::map<std::string, std::size_t> index_;  // of the pools, by their names in lower case
  std::size_t files_ = 0;
  std::size_t bytes_ = 0;
  std::size_t directives_ = 0;
  std::size_t includes_ = 0;
  std::size_t kept_bytes_ = 0;
};

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == text.npos;
}

std::optional<std::uint16_t> port_number(std::string_view text) {
  std::uint16_t port = 0;
  auto const [end, failed] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (failed != std::errc{} || end != text.data() + text.size() || port == 0) return std::nullopt;
  return port;
}

std::string host_of(std::string_view host) {
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host.empty() || host == "*" || host == "0.0.0.0") return "127.0.0.1";
  if (host == "::") return "::1";
  return std::string(host);
}

fastcgi::endpoint read_listen(std::string const& value, std::string const& prefix) {
  std::size_t const colon = value.rfind(':');
  if (colon == value.npos && !is_number(value)) {
    return fastcgi::endpoint::unix_socket(value.starts_with('/') ? value : prefix + "/" + value);
  }
  auto const port = port_number(colon == value.npos ? value : std::string_view(value).substr(colon + 1));
  if (!port) throw error(error_kind::config, "no port");
  return fastcgi::endpoint::tcp(host_of(colon == value.npos ? "" : std::string_view(value).substr(0, colon)), *port);
}

}  // namespace

configuration parse_config(std::string const& file, config_source const& source) {
  parser reading(source);
  reading.file(file, 1);
  return reading.take();
}

std::optional<fastcgi::endpoint> listen_endpoint(std::string const& value, std::string const& prefix) {
  if (value.empty() || value.find("${") != value.npos) return std::nullopt;
  try {
    return read_listen(value, prefix);
  } catch (error const&) {
    return std::nullopt;
  }
}

}  // namespace cachetool::fpm
