#pragma once

#include <cachetool/php/value.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace cachetool::php {

/// Reads the elements of the serialize format: punctuation, numbers, counted bytes. Reads forward over the input, which
/// must outlive it. Remembers the first error; after that nothing may be read.
class scanner {
 public:
  explicit scanner(std::string_view input) : input_(input) {}

  [[nodiscard]] std::size_t offset() const noexcept { return at_; }
  [[nodiscard]] bool at_end() const noexcept { return at_ == input_.size(); }
  [[nodiscard]] unserialize_error const& error() const noexcept { return error_; }

  /// The next byte, which is not consumed; NUL at the end.
  [[nodiscard]] char peek() const noexcept { return at_end() ? '\0' : input_[at_]; }

  /// Consumes this punctuation, or fails.
  bool take(std::string_view punctuation);

  /// A decimal integer in its one canonical form.
  std::optional<std::int64_t> integer();

  /// A count: an integer that is not negative.
  std::optional<std::size_t> length();

  /// A float as serialize() writes it, with any serialize_precision.
  std::optional<double> floating();

  /// The next `count` bytes as they are.
  std::optional<std::string_view> bytes(std::size_t count);

  /// `<length>:"<bytes>"`.
  std::optional<std::string_view> counted_string();

  /// Remembers the error. Always false.
  bool fail(std::size_t offset, std::string_view reason);

 private:
  std::string_view token(std::string_view alphabet) const noexcept;

  std::string_view input_;
  std::size_t at_ = 0;
  unserialize_error error_{0, {}};
};

}  // namespace cachetool::php
