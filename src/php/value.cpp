#include <cachetool/php/value.hpp>

#include <cmath>

#include "php/array_keys.hpp"

namespace cachetool::php {
namespace {

// A value that was moved from may hold an empty pointer.
template <typename T, typename Held>
T const* pointee(Held const& held) noexcept {
  auto const* shared = std::get_if<std::shared_ptr<T const>>(&held);
  return shared != nullptr ? shared->get() : nullptr;
}

}  // namespace

template <typename T>
struct value::node {
  explicit node(T what) : held(std::move(what)) {}
  node(node const&) = delete;
  node& operator=(node const&) = delete;
  ~node() {
    if constexpr (std::is_same_v<T, php::array>) {
      dismantle(held.entries);
    } else {
      dismantle(held.properties.entries);
    }
  }

  T held;
};

template <typename T>
std::shared_ptr<T const> value::hold(T what) {
  auto owner = std::make_shared<node<T>>(std::move(what));
  T const* const inner = &owner->held;
  return {std::move(owner), inner};
}

// Destructors of nested values would call each other, and deep nesting would exhaust the stack. So while a thread takes
// one array apart, what is destroyed in it only hands over its entries.
void value::dismantle(std::vector<entry>& entries) noexcept {
  using lists = std::vector<std::vector<entry>>;
  static thread_local lists* waiting = nullptr;
  if (entries.empty()) return;
  if (waiting != nullptr) return waiting->push_back(std::move(entries));
  lists left;
  waiting = &left;
  entries.clear();
  while (!left.empty()) {
    std::vector<entry> const last = std::move(left.back());
    left.pop_back();
  }
  waiting = nullptr;
}

value::value() noexcept = default;
value::value(value const&) noexcept = default;
value::value(value&&) noexcept = default;
value& value::operator=(value const&) noexcept = default;
value& value::operator=(value&&) noexcept = default;
value::~value() = default;

value::value(bool b) : held_(b) {}
value::value(int i) : held_(std::int64_t{i}) {}
value::value(std::int64_t i) : held_(i) {}
value::value(double d) : held_(d) {}
value::value(std::string s) : held_(std::make_shared<std::string const>(std::move(s))) {}
value::value(std::string_view s) : value(std::string(s)) {}
value::value(char const* s) : value(std::string(s)) {}
value::value(php::array a) : held_(hold(std::move(a))) {}
value::value(php::object o) : held_(hold(std::move(o))) {}
value::value(php::custom_object o) : held_(std::make_shared<php::custom_object const>(std::move(o))) {}
value::value(php::enum_case e) : held_(std::make_shared<php::enum_case const>(std::move(e))) {}
value::value(php::recursion r) : held_(r) {}

value::type value::kind() const noexcept {
  return static_cast<type>(held_.index());
}

bool value::as_bool(bool fallback) const noexcept {
  auto const* b = std::get_if<bool>(&held_);
  return b != nullptr ? *b : fallback;
}

std::int64_t value::as_int(std::int64_t fallback) const noexcept {
  if (auto const* i = std::get_if<std::int64_t>(&held_)) return *i;
  auto const* d = std::get_if<double>(&held_);
  bool const fits = d != nullptr && *d >= -0x1p63 && *d < 0x1p63 && std::trunc(*d) == *d;
  return fits ? static_cast<std::int64_t>(*d) : fallback;
}

double value::as_double(double fallback) const noexcept {
  if (auto const* i = std::get_if<std::int64_t>(&held_)) return static_cast<double>(*i);
  auto const* d = std::get_if<double>(&held_);
  return d != nullptr ? *d : fallback;
}

std::string_view value::as_string(std::string_view fallback) const noexcept {
  auto const* s = pointee<std::string>(held_);
  return s != nullptr ? std::string_view(*s) : fallback;
}

std::span<entry const> value::entries() const noexcept {
  auto const* a = pointee<php::array>(held_);
  return a != nullptr ? std::span<entry const>(a->entries) : std::span<entry const>();
}

value const& value::operator[](std::string_view name) const noexcept {
  static value const none;
  entry const* found = find_key(entries(), name);
  return found != nullptr ? found->item : none;
}

bool value::has(std::string_view name) const noexcept {
  return find_key(entries(), name) != nullptr;
}

object const* value::if_object() const noexcept {
  return pointee<php::object>(held_);
}
custom_object const* value::if_custom_object() const noexcept {
  return pointee<php::custom_object>(held_);
}
enum_case const* value::if_enum_case() const noexcept {
  return pointee<php::enum_case>(held_);
}

}  // namespace cachetool::php
