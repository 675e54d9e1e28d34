#include "report/read_json.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace cachetool::report {
namespace {

using parsed = nlohmann::json;

/// Takes what the parser finds, in order. Each function returns false to end it. The names are nlohmann's.
class value_builder {
 public:
  [[nodiscard]] php::value take() { return std::move(whole_); }

  bool null() { return put({}); }
  bool boolean(bool what) { return put(what); }
  bool number_integer(parsed::number_integer_t what) { return put(std::int64_t{what}); }
  bool number_unsigned(parsed::number_unsigned_t what) {
    constexpr auto most = static_cast<parsed::number_unsigned_t>(std::numeric_limits<std::int64_t>::max());
    return what <= most ? put(static_cast<std::int64_t>(what)) : put(static_cast<double>(what));
  }
  bool number_float(parsed::number_float_t what, std::string const& /*text*/) { return put(what); }
  bool string(std::string& what) { return put(std::move(what)); }
  bool binary(parsed::binary_t& /*what*/) { return false; }  // JSON has none

  bool start_object(std::size_t /*size*/) { return open(); }
  bool start_array(std::size_t /*size*/) { return open(); }
  bool key(std::string& name) {
    open_.back().name = std::move(name);
    return true;
  }
  bool end_object() { return close(); }
  bool end_array() { return close(); }
  bool parse_error(std::size_t /*at*/, std::string const& /*token*/, nlohmann::detail::exception const& /*why*/) {
    return false;
  }

 private:
  struct level {
    php::array items;
    std::optional<std::string> name;  // of what comes next in an object
  };

  static constexpr std::size_t deepest = 16;

  bool open() {
    open_.emplace_back();
    return open_.size() <= deepest;
  }

  bool close() {
    php::value closed(std::move(open_.back().items));
    open_.pop_back();
    return put(std::move(closed));
  }

  bool put(php::value what) {
    if (open_.empty()) {
      whole_ = std::move(what);
      return true;
    }
    level& into = open_.back();
    auto const number = static_cast<std::int64_t>(into.items.entries.size());
    if (into.name) {
      into.items.entries.push_back({std::move(*into.name), std::move(what)});
    } else {
      into.items.entries.push_back({number, std::move(what)});
    }
    return true;
  }

  php::value whole_;
  std::vector<level> open_;
};

}  // namespace

std::optional<php::value> read_json(std::string_view text) {
  value_builder builder;
  if (!parsed::sax_parse(text, &builder)) return std::nullopt;
  return builder.take();
}

}  // namespace cachetool::report
