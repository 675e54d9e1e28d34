#pragma once

#include <cerrno>
#include <utility>
#include <variant>

namespace cachetool::fpm {

/// Why a look told nothing.
struct not_told {
  int code = 0;  ///< errno

  /// What was asked for is not there, or no longer: that is known.
  [[nodiscard]] bool is_absent() const noexcept { return code == ENOENT || code == ESRCH || code == ENOTDIR; }

  /// The look itself failed, on this side: again it may succeed. A process that is looked at cannot bring this about.
  [[nodiscard]] bool is_failure() const noexcept {
    return code == EMFILE || code == ENFILE || code == ENOMEM || code == EIO || code == EINTR;
  }
};

/// What a look at something of the system's told: a value; that there is none; or nothing at all, because the caller
/// may not look or the look failed. What could not be looked at is unknown, and never taken for absent.
template <typename T>
class looked_up {
 public:
  looked_up(T value) : told_(std::in_place_index<0>, std::move(value)) {}  // NOLINT(google-explicit-constructor)
  looked_up(not_told why) : told_(std::in_place_index<1>, why) {}          // NOLINT(google-explicit-constructor)

  [[nodiscard]] bool has_value() const noexcept { return told_.index() == 0; }
  explicit operator bool() const noexcept { return has_value(); }

  /// There is none.
  [[nodiscard]] bool is_absent() const noexcept { return !has_value() && why().is_absent(); }

  /// Whether there is one could not be told.
  [[nodiscard]] bool is_unknown() const noexcept { return !has_value() && !why().is_absent(); }

  // With a value alone.
  [[nodiscard]] T const& operator*() const { return std::get<0>(told_); }
  [[nodiscard]] T const* operator->() const { return &std::get<0>(told_); }

  /// Without a value alone.
  [[nodiscard]] not_told why() const { return std::get<1>(told_); }

  /// For what may be done alike with what is absent and with what is unknown.
  [[nodiscard]] T value_or(T otherwise) const { return has_value() ? std::get<0>(told_) : std::move(otherwise); }

 private:
  std::variant<T, not_told> told_;
};

}  // namespace cachetool::fpm
