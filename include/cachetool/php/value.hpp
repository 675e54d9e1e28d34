#pragma once

/// A PHP value, and PHP's serialize() format.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cachetool::php {

class value;
struct entry;

/// An array: its entries in PHP's order. Keys are integers or strings, never equal to another.
struct array {
  std::vector<entry> entries;
};

/// O: an object as serialize() wrote it. Names of private and protected properties keep PHP's "\0Class\0name" form.
struct object {
  std::string class_name;
  array properties;
};

/// C: an object of a class that implements Serializable. DATA is that class's own and is not looked into.
struct custom_object {
  std::string class_name;
  std::string data;
};

/// E: a case of an enumeration.
struct enum_case {
  std::string class_name;
  std::string case_name;
};

/// Stands where a reference points back at an array or object that contains it. Such a value has no finite tree.
struct recursion {};

/// An immutable PHP value. Copying is cheap: strings, arrays and objects are shared, as references in the input are.
class value {
 public:
  enum class type : std::uint8_t {
    null,
    boolean,
    integer,
    floating,
    string,
    array,
    object,
    custom_object,
    enum_case,
    recursion
  };

  value() noexcept;             ///< null
  value(bool b);                // NOLINT(google-explicit-constructor): a value is meant to be written as a literal
  value(int i);                 // NOLINT(google-explicit-constructor)
  value(std::int64_t i);        // NOLINT(google-explicit-constructor)
  value(double d);              // NOLINT(google-explicit-constructor)
  value(std::string s);         // NOLINT(google-explicit-constructor)
  value(std::string_view s);    // NOLINT(google-explicit-constructor)
  value(char const* s);         // NOLINT(google-explicit-constructor)
  value(php::array a);          // NOLINT(google-explicit-constructor)
  value(php::object o);         // NOLINT(google-explicit-constructor)
  value(php::custom_object o);  // NOLINT(google-explicit-constructor)
  value(php::enum_case e);      // NOLINT(google-explicit-constructor)
  value(php::recursion r);      // NOLINT(google-explicit-constructor)

  // None of them is inline: a variant of ten is long to compile, and nearly every file would do it.
  value(value const&) noexcept;
  value(value&&) noexcept;
  value& operator=(value const&) noexcept;
  value& operator=(value&&) noexcept;
  ~value();

  [[nodiscard]] type kind() const noexcept;
  [[nodiscard]] bool is_null() const noexcept { return kind() == type::null; }
  [[nodiscard]] bool is_array() const noexcept { return kind() == type::array; }
  [[nodiscard]] bool is_string() const noexcept { return kind() == type::string; }

  // Readers that never fail: a value of another kind gives the fallback. What comes from a server is not trusted to
  // have the shape it should have.
  [[nodiscard]] bool as_bool(bool fallback = false) const noexcept;  ///< booleans only
  /// Integers, and floats that are whole and in range.
  [[nodiscard]] std::int64_t as_int(std::int64_t fallback = 0) const noexcept;
  [[nodiscard]] double as_double(double fallback = 0) const noexcept;  ///< floats and integers
  /// Strings only. Lives as long as this value.
  [[nodiscard]] std::string_view as_string(std::string_view fallback = {}) const noexcept;

  /// The entries of an array; empty for anything else. Lives as long as this value.
  [[nodiscard]] std::span<entry const> entries() const noexcept;

  /// The entry with that key; a null value if there is none or this is no array. As in PHP, "5" finds the integer
  /// key 5. Linear, meant for small arrays.
  [[nodiscard]] value const& operator[](std::string_view name) const noexcept;
  [[nodiscard]] bool has(std::string_view name) const noexcept;

  // Null pointers for another kind.
  [[nodiscard]] object const* if_object() const noexcept;
  [[nodiscard]] custom_object const* if_custom_object() const noexcept;
  [[nodiscard]] enum_case const* if_enum_case() const noexcept;

 private:
  template <typename T>
  struct node;  // owns an array or object, and takes it apart without recursion
  template <typename T>
  static std::shared_ptr<T const> hold(T what);
  static void dismantle(std::vector<entry>& top) noexcept;
  [[nodiscard]] std::vector<entry>* sole_entries() noexcept;

  std::variant<std::monostate, bool, std::int64_t, double, std::shared_ptr<std::string const>,
               std::shared_ptr<php::array const>, std::shared_ptr<php::object const>,
               std::shared_ptr<php::custom_object const>, std::shared_ptr<php::enum_case const>, php::recursion>
      held_;
};

using key = std::variant<std::int64_t, std::string>;

struct entry {
  php::key key;
  value item;
};

/// Bounds on what unserialize() builds. The defaults hold anything that a 256 MiB answer can hold honestly.
struct unserialize_limits {
  std::size_t max_depth = 4096;  ///< nesting, as PHP's unserialize_max_depth
  /// Values in the tree with shared parts counted each time they occur, so that printing it is bounded too: references
  /// let a kilobyte of input stand for a tree of any size.
  std::size_t max_values = 16'000'000;
  std::size_t max_text = 512'000'000;  ///< bytes of strings, keys and names in that tree, counted in the same way
};

struct unserialize_error {
  std::size_t offset;       ///< where in the input
  std::string_view reason;  ///< "string is shorter than its length", a literal
};

/// Either a value or an error; reading the wrong one is undefined.
class unserialize_result {
 public:
  unserialize_result(php::value v) : value_(std::move(v)) {}  // NOLINT(google-explicit-constructor)
  unserialize_result(unserialize_error e) : failure_(e) {}    // NOLINT(google-explicit-constructor)
  [[nodiscard]] explicit operator bool() const noexcept { return !failure_; }
  [[nodiscard]] php::value const& operator*() const noexcept { return value_; }
  [[nodiscard]] php::value const* operator->() const noexcept { return &value_; }
  [[nodiscard]] unserialize_error const& failure() const noexcept { return *failure_; }

 private:
  php::value value_;
  std::optional<unserialize_error> failure_;
};

/// Reads one whole serialize()d value; anything after it is an error. Never throws for bad input. Allocates in
/// proportion to INPUT's size, some forty times that at worst (an array of nulls), whatever lengths INPUT claims. Stack
/// use does not grow with nesting, here nor when the value is destroyed. Strict: what PHP's unserialize() lets pass but
/// serialize() never writes (+5, 007, 1e5, S:) is an error. Of two entries with one key the last wins, in the place of
/// the first. Values inside the data of a C: object are not counted when a later reference is looked up, so such a
/// reference may be an error or name another value than it does in PHP. Source: php-src
/// ext/standard/var_unserializer.re.
unserialize_result unserialize(std::string_view input, unserialize_limits limits = {});

/// Writes what PHP's unserialize() reads back as the same value. Floats are exact (serialize_precision -1).
/// A recursion is written as null, and shared parts are written out each time.
std::string serialize(value const& what);

}  // namespace cachetool::php
