#include <cachetool/php/value.hpp>

#include <algorithm>
#include <iterator>

#include "php/array_keys.hpp"
#include "php/scanner.hpp"

namespace cachetool::php {
namespace {

// The size of a part of the tree when it is written out in full.
struct extent {
  std::size_t values = 0;
  std::size_t text = 0;
  std::size_t height = 0;  // nesting; 0 if it contains nothing
};

// A value that references may name by its number. While an array or object is being read, it is a recursion.
struct slot {
  value held = recursion{};
  bool is_object = false;
  extent size;
};

// An array or object that is being read.
struct frame {
  key own_key;  // in the array or object around it
  bool is_object;
  std::string_view class_name;
  std::size_t left;   // entries still to come
  std::size_t first;  // its own entries begin here in entries_
  std::size_t own_slot;
  extent before;  // the sums at its beginning
  std::size_t height = 1;
};

bool is_label_byte(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_label(std::string_view text) noexcept {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_label_byte);
}

// Like php-src's zend_is_valid_class_name(), without a leading backslash.
bool is_class_name(std::string_view text) noexcept {
  return !text.empty() && text[0] != '\\' &&
         std::all_of(text.begin(), text.end(), [](char c) { return c == '\\' || is_label_byte(c); });
}

// Reads without recursion: open_ has what is open, entries_ what is finished but not yet part of anything.
class builder {
 public:
  builder(std::string_view input, unserialize_limits const& limits)
      : in_(input),
        limits_(limits),
        // A reference follows a key, so a semicolon always comes before it. Without references no slots are kept.
        keeps_slots_(input.find(";R:") != input.npos || input.find(";r:") != input.npos) {}

  unserialize_result run() {
    bool good = read_value(std::int64_t{0});
    while (good && !open_.empty()) good = step();
    if (good && !in_.at_end()) good = in_.fail(in_.offset(), "more bytes after the value");
    if (!good) return in_.error();
    return std::move(entries_.front().item);
  }

 private:
  bool step() {
    frame& top = open_.back();
    if (top.left == 0) return close();
    --top.left;
    auto k = read_key(top.is_object);
    return k && read_value(*std::move(k));
  }

  std::optional<key> read_key(bool of_object);
  bool read_value(key k);
  bool read_boolean(key k);
  bool read_integer(key k);
  bool read_float(key k);
  bool read_string(key k);
  bool read_custom_object(key k);
  bool read_enum_case(key k);
  bool read_reference(key k, bool to_object);
  std::optional<std::string_view> read_class_name();

  bool open(key k, bool is_object);
  bool close();

  bool charge(extent const& more);
  bool charge_text(std::size_t bytes) { return charge({0, bytes, 0}); }
  std::size_t remember(slot what);
  bool add(key k, value item, std::size_t height = 0);
  bool add_leaf(key k, value item, std::size_t text = 0, bool is_object = false);

  scanner in_;
  unserialize_limits limits_;
  bool keeps_slots_;
  std::vector<slot> slots_;
  std::vector<std::size_t> numbers_;  // the slot of each number that a reference may name; numbers begin at 1
  std::vector<frame> open_;
  std::vector<entry> entries_;
  extent sum_;
};

bool builder::charge(extent const& more) {
  if (more.values > limits_.max_values - sum_.values) return in_.fail(in_.offset(), "more values than allowed");
  if (more.text > limits_.max_text - sum_.text) return in_.fail(in_.offset(), "more text than allowed");
  if (open_.size() + more.height > limits_.max_depth) return in_.fail(in_.offset(), "nested too deep");
  sum_.values += more.values;
  sum_.text += more.text;
  return true;
}

// Gives the slot the next number.
std::size_t builder::remember(slot what) {
  if (!keeps_slots_) return 0;
  numbers_.push_back(slots_.size());
  slots_.push_back(std::move(what));
  return numbers_.back();
}

// Makes an item, which is already counted, the next entry of what is open.
bool builder::add(key k, value item, std::size_t height) {
  if (!open_.empty()) open_.back().height = std::max(open_.back().height, height + 1);
  entries_.push_back({std::move(k), std::move(item)});
  return true;
}

bool builder::add_leaf(key k, value item, std::size_t text, bool is_object) {
  extent const size{1, text, 0};
  remember({item, is_object, size});
  return charge(size) && add(std::move(k), std::move(item));
}

std::optional<key> builder::read_key(bool of_object) {
  char const tag = in_.peek();
  if (tag != 'i' && tag != 's') {
    in_.fail(in_.offset(), "key is neither an integer nor a string");
    return std::nullopt;
  }
  if (!in_.take(tag == 'i' ? "i:" : "s:")) return std::nullopt;
  if (tag == 'i') {
    auto const number = in_.integer();
    if (!number || !in_.take(";")) return std::nullopt;
    return *number;
  }
  auto const name = in_.counted_string();
  if (!name || !in_.take(";") || !charge_text(name->size())) return std::nullopt;
  if (of_object) return std::string(*name);
  return array_key(*name);
}

bool builder::read_value(key k) {
  switch (in_.peek()) {
    case 'N':
      return in_.take("N;") && add_leaf(std::move(k), value());
    case 'b':
      return in_.take("b:") && read_boolean(std::move(k));
    case 'i':
      return in_.take("i:") && read_integer(std::move(k));
    case 'd':
      return in_.take("d:") && read_float(std::move(k));
    case 's':
      return in_.take("s:") && read_string(std::move(k));
    case 'a':
      return in_.take("a:") && open(std::move(k), false);
    case 'O':
      return in_.take("O:") && open(std::move(k), true);
    case 'C':
      return in_.take("C:") && read_custom_object(std::move(k));
    case 'E':
      return in_.take("E:") && read_enum_case(std::move(k));
    case 'R':
      return in_.take("R:") && read_reference(std::move(k), false);
    case 'r':
      return in_.take("r:") && read_reference(std::move(k), true);
    default:
      return in_.fail(in_.offset(), in_.at_end() ? "input ends early" : "unknown type");
  }
}

bool builder::read_boolean(key k) {
  char const digit = in_.peek();
  if (digit != '0' && digit != '1') return in_.fail(in_.offset(), "boolean is neither 0 nor 1");
  return in_.take(digit == '1' ? "1;" : "0;") && add_leaf(std::move(k), digit == '1');
}

bool builder::read_integer(key k) {
  auto const number = in_.integer();
  return number && in_.take(";") && add_leaf(std::move(k), *number);
}

bool builder::read_float(key k) {
  auto const number = in_.floating();
  return number && in_.take(";") && add_leaf(std::move(k), *number);
}

bool builder::read_string(key k) {
  auto const text = in_.counted_string();
  return text && in_.take(";") && add_leaf(std::move(k), *text, text->size());
}

std::optional<std::string_view> builder::read_class_name() {
  std::size_t const start = in_.offset();
  auto const name = in_.counted_string();
  if (!name) return std::nullopt;
  if (!is_class_name(*name)) {
    in_.fail(start, "class name is malformed");
    return std::nullopt;
  }
  if (!charge_text(name->size())) return std::nullopt;
  return name;
}

bool builder::read_custom_object(key k) {
  auto const name = read_class_name();
  if (!name || !in_.take(":")) return false;
  auto const length = in_.length();
  if (!length || !in_.take(":{")) return false;
  auto const data = in_.bytes(*length);
  if (!data || !in_.take("}")) return false;
  custom_object made{std::string(*name), std::string(*data)};
  return add_leaf(std::move(k), std::move(made), data->size(), true);
}

bool builder::read_enum_case(key k) {
  std::size_t const start = in_.offset();
  auto const text = in_.counted_string();
  if (!text || !in_.take(";")) return false;
  std::size_t const colon = std::min(text->find(':'), text->size());
  std::string_view const class_name = text->substr(0, colon);
  std::string_view const case_name = text->substr(std::min(colon + 1, text->size()));
  if (!is_class_name(class_name) || !is_label(case_name)) return in_.fail(start, "enum case is malformed");
  enum_case made{std::string(class_name), std::string(case_name)};
  return add_leaf(std::move(k), std::move(made), text->size(), true);
}

// php-src: `r:` gets a number of its own before it is looked up, `R:` never does.
bool builder::read_reference(key k, bool to_object) {
  std::size_t const start = in_.offset();
  auto const number = in_.integer();
  if (!number || !in_.take(";")) return false;
  if (*number < 1 || static_cast<std::uint64_t>(*number) > numbers_.size()) {
    return in_.fail(start, "reference to a value that is not there");
  }
  std::size_t const named = numbers_[static_cast<std::size_t>(*number) - 1];
  slot const& target = slots_[named];
  if (to_object && !target.is_object) return in_.fail(start, "reference to an object names none");
  if (to_object) numbers_.push_back(named);
  return charge(target.size) && add(std::move(k), target.held, target.size.height);
}

bool builder::open(key k, bool is_object) {
  std::string_view class_name;
  if (!charge({1, 0, 1})) return false;
  extent const before = sum_;
  if (is_object) {
    auto const name = read_class_name();
    if (!name || !in_.take(":")) return false;
    class_name = *name;
  }
  auto const count = in_.length();
  if (!count || !in_.take(":{")) return false;
  std::size_t const own = remember({recursion{}, is_object, {1, 0, 0}});
  open_.push_back({std::move(k), is_object, class_name, *count, entries_.size(), own, before});
  return true;
}

bool builder::close() {
  if (!in_.take("}")) return false;
  frame top = std::move(open_.back());
  open_.pop_back();
  auto const first = std::next(entries_.begin(), static_cast<std::ptrdiff_t>(top.first));
  array contents{{std::make_move_iterator(first), std::make_move_iterator(entries_.end())}};
  entries_.erase(first, entries_.end());
  keep_last_of_equal_keys(contents.entries);

  value done =
      top.is_object ? value(object{std::string(top.class_name), std::move(contents)}) : value(std::move(contents));
  if (keeps_slots_) {
    extent const size{sum_.values - top.before.values + 1, sum_.text - top.before.text, top.height};
    slots_[top.own_slot] = {done, top.is_object, size};
  }
  return add(std::move(top.own_key), std::move(done), top.height);
}

}  // namespace

unserialize_result unserialize(std::string_view input, unserialize_limits limits) {
  return builder(input, limits).run();
}

}  // namespace cachetool::php
