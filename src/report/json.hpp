#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "report/table.hpp"

namespace cachetool::php {
class value;
}

namespace cachetool::report {

/// Writes JSON in constant memory: it keeps nothing except the nesting. Compact, without a final newline.
/// The caller keeps to the grammar: key() before each member of an object, begin and end in pairs (asserted in debug
/// builds).
class json_writer {
 public:
  explicit json_writer(text_sink out);

  json_writer& begin_object();
  json_writer& end_object();
  json_writer& begin_array();
  json_writer& end_array();
  json_writer& key(std::string_view name);

  /// How many objects and arrays are open.
  [[nodiscard]] std::size_t depth() const noexcept { return open_.size(); }

  /// After an error in the middle: closes what was opened since depth() was `depth`. A key without its value gets null.
  json_writer& end_until(std::size_t depth);

  json_writer& null();
  json_writer& boolean(bool b);
  json_writer& integer(std::int64_t i);
  json_writer& floating(double d);  ///< INF and NAN are not JSON; they become the strings "INF", "-INF", "NAN"

  /// A string, escaped. Bytes that are not UTF-8 turn it into {"base64":"..."}.
  json_writer& string(std::string_view text);

  /// Any PHP value. Arrays with the keys 0, 1, 2, ... become arrays (an empty one []), other arrays and objects become
  /// objects, and recursion becomes null. An object's class comes first, under "__class". An enum case has its name
  /// under "__case", an object that implements Serializable its bytes under "__data". In keys that are not UTF-8 the
  /// bad bytes become U+FFFD.
  json_writer& value(php::value const& what);

  /// Passes on buffered text. The destructor does not: output that an error cut short ends where it was.
  void flush();

 private:
  void separate();
  void write(std::string_view text);
  void write_base64(std::string_view bytes);

  struct level {
    bool is_object;
    bool is_first;  // nothing was written in it yet
  };

  text_sink out_;
  std::string buffer_;
  std::vector<level> open_;
  bool after_key_ = false;
  bool done_ = false;  // the value at the top was written or begun
};

/// Returns a JSON string literal, quotes included. Bytes that are not UTF-8 become U+FFFD. C1 controls, and those that
/// change the direction of text, are escaped like C0: a terminal may obey them.
std::string json_quote(std::string_view text);

}  // namespace cachetool::report
