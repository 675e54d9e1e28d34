#pragma once

/// A PHP value, and PHP's serialize() format: to read what a server sent, and to write what PHP is to read. No PHP is
/// needed for it, and nothing here opens, waits or starts a thread.
///
///     auto const read = cachetool::php::unserialize(text);
///     if (!read) throw std::runtime_error(std::string(read.failure().reason));
///     for (cachetool::php::entry const& each : (*read)["hosts"].entries()) connect(each.item.as_string());
///
///     cachetool::php::value const list = cachetool::php::array{{{std::int64_t{0}, "a"}, {std::string("port"), 80}}};
///     std::string const text = cachetool::php::serialize(list);

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

/// An array: its entries in PHP's order. Keys are integers or strings, never equal to another. When you make one
/// yourself, see to that, and give a key that reads as an integer ("5") as one: PHP does, and nothing here checks it.
struct array {
  std::vector<entry> entries;
};

/// O: an object as serialize() wrote it. Names of private and protected properties keep PHP's "\0Class\0name" form.
struct object {
  std::string class_name;
  array properties;
};

/// C: an object of a class that implements Serializable. `data` is that class's own and is not looked into.
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
/// Several threads may read one value at the same time; assigning to it needs it for yourself. A value that was moved
/// from can only be destroyed or assigned to.
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

  // A value of the kind that is written. Text is copied, may hold any bytes, and is not looked at; a pointer to it must
  // not be null.
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

  /// What it is. Look at this first where a fallback cannot tell you.
  [[nodiscard]] type kind() const noexcept;
  [[nodiscard]] bool is_null() const noexcept { return kind() == type::null; }
  [[nodiscard]] bool is_array() const noexcept { return kind() == type::array; }
  [[nodiscard]] bool is_string() const noexcept { return kind() == type::string; }

  // Readers that never fail: a value of another kind gives the fallback. What comes from a server is not trusted to
  // have the shape it should have. Nothing is converted as PHP would: the string "1" is no integer, and no boolean.
  [[nodiscard]] bool as_bool(bool fallback = false) const noexcept;  ///< booleans only
  /// Integers, and floats that are whole and in range.
  [[nodiscard]] std::int64_t as_int(std::int64_t fallback = 0) const noexcept;
  [[nodiscard]] double as_double(double fallback = 0) const noexcept;  ///< floats and integers
  /// Strings only. Lives as long as this value, and the fallback as long as yours does. The text of a temporary is gone
  /// at the end of the statement: keep the value.
  [[nodiscard]] std::string_view as_string(std::string_view fallback = {}) const noexcept;

  /// The entries of an array; empty for anything else, an object too. Lives as long as this value.
  [[nodiscard]] std::span<entry const> entries() const noexcept;

  /// The entry with that key; a null value if there is none or this is no array, so that you may go deep without
  /// asking: v["memory_usage"]["free_memory"].as_int(). As in PHP, "5" finds the integer key 5. Linear, meant for small
  /// arrays. Lives as long as this value.
  [[nodiscard]] value const& operator[](std::string_view name) const noexcept;

  /// True if there is such an entry, with null for a value or not.
  [[nodiscard]] bool has(std::string_view name) const noexcept;

  // What is pointed to lives as long as this value. Null pointers for another kind.
  [[nodiscard]] object const* if_object() const noexcept;
  [[nodiscard]] custom_object const* if_custom_object() const noexcept;
  [[nodiscard]] enum_case const* if_enum_case() const noexcept;

 private:
  template <typename T>
  struct node;  // owns an array or object, and takes it apart without recursion
  template <typename T>
  static std::shared_ptr<T const> hold(T what);
  static void dismantle(std::vector<entry>& entries) noexcept;

  std::variant<std::monostate, bool, std::int64_t, double, std::shared_ptr<std::string const>,
               std::shared_ptr<php::array const>, std::shared_ptr<php::object const>,
               std::shared_ptr<php::custom_object const>, std::shared_ptr<php::enum_case const>, php::recursion>
      held_;
};

/// A key of an array, or the name of a property. In an array that was read, a name that reads as an integer is one, as
/// in PHP; a property's name stays the string that it was.
using key = std::variant<std::int64_t, std::string>;

/// One entry of an array, or one property of an object.
struct entry {
  php::key key;
  value item;
};

/// Bounds on what unserialize() builds. The defaults hold anything that a 256 MiB answer can hold honestly. For what
/// somebody else wrote, set those that you can afford: a value takes up to some 220 bytes beside its text.
struct unserialize_limits {
  std::size_t max_depth = 4096;  ///< nesting, as PHP's unserialize_max_depth
  /// Values in the tree with shared parts counted each time they occur, so that printing it is bounded too: references
  /// let a kilobyte of input stand for a tree of any size.
  std::size_t max_values = 16'000'000;
  std::size_t max_text = 512'000'000;  ///< bytes of strings, keys and names in that tree, counted in the same way
};

/// Why a text could not be read.
struct unserialize_error {
  std::size_t offset;       ///< where in the input
  std::string_view reason;  ///< "string is shorter than its length", a literal: it lives for ever
};

/// Either a value or an error. Ask it which before you read one; reading the wrong one is undefined. It owns the value,
/// which shares nothing with the text that it was read from.
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

/// Reads one whole serialize()d value; anything after it is an error. `input` needs to live for the call alone, and may
/// come from anybody: no class is loaded and no code runs. Source: php-src ext/standard/var_unserializer.re.
///
/// It never throws for bad input, only std::bad_alloc. It allocates in proportion to the size of `input`, some forty
/// times that at worst (an array of nulls), whatever lengths `input` claims. Stack use does not grow with nesting, here
/// nor when the value is destroyed.
///
/// It is strict: what PHP's unserialize() lets pass but serialize() never writes (+5, 007, 1e5, S:) is an error. Of two
/// entries with one key the last wins, in the place of the first. Values inside the data of a C: object are not counted
/// when a later reference is looked up, so such a reference may be an error or name another value than it does in PHP.
unserialize_result unserialize(std::string_view input, unserialize_limits limits = {});

/// Writes what PHP's unserialize() reads back as the same value. Floats are exact (serialize_precision -1). A recursion
/// is written as null, and shared parts are written out each time: a value that was read within unserialize_limits is
/// bounded by them here, too. It throws std::bad_alloc alone. Stack use grows with nesting; 4096 levels are fine.
std::string serialize(value const& what);

}  // namespace cachetool::php
