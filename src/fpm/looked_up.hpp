#pragma once

#include <cerrno>
#include <utility>
#include <variant>

namespace cachetool::fpm {

/// Why a look told nothing.
struct not_told {
  int code = 0;  ///< errno

  /// True if it is known that there is no such thing, or no longer.
  [[nodiscard]] bool is_absent() const noexcept { return code == ENOENT || code == ESRCH || code == ENOTDIR; }

  /// True if the look itself failed on this side; it may succeed if repeated. The process that is looked at cannot
  /// cause this.
  [[nodiscard]] bool is_failure() const noexcept {
    return code == EMFILE || code == ENFILE || code == ENOMEM || code == EIO || code == EINTR;
  }
};

/// The result of a look at something of the system: a value; the knowledge that there is none; or nothing at all,
/// because the caller may not look or the look failed. What could not be looked at is unknown, and never counts as
/// absent.
template <typename T>
class looked_up {
 public:
  looked_up(T value) : told_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  looked_up(not_told why) : told_(std::in_place_index<1>, why) {}          // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const noexcept { return told_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  /// True if there certainly is no value.
  [[nodiscard]] bool is_absent() const noexcept { return !has_value() && why().is_absent(); }

  /// True if it is unknown whether there is a value.
  [[nodiscard]] bool is_unknown() const noexcept { return !has_value() && !why().is_absent(); }

  // Only if there is a value.
  [[nodiscard]] T const& operator*() const { return std::get<0>(told_); }
  [[nodiscard]] T const* operator->() const { return &std::get<0>(told_); }

  /// Only if there is no value.
  [[nodiscard]] not_told why() const { return std::get<1>(told_); }

  /// For callers that treat absent and unknown alike.
  [[nodiscard]] T value_or(T otherwise) const { return has_value() ? std::get<0>(told_) : std::move(otherwise); }

 private:
  std::variant<T, not_told> told_;
};

}  // namespace cachetool::fpm
