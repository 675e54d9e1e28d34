#pragma once

#include <limits>
#include <optional>
#include <string>
#include <string_view>

namespace cachetool::monitor {

/// A threshold as the Monitoring Plugins Development Guidelines write it. A value outside of it is an alert:
///
///     10      below 0 or above 10
///     10:     below 10
///     ~:10    above 10
///     10:20   below 10 or above 20
///     @10:20  from 10 to 20, both included
class range {
 public:
  /// Nothing if the text is none of these, or if its end is below its beginning.
  static std::optional<range> read(std::string_view text);

  [[nodiscard]] bool alerts(double value) const noexcept {
    return (value >= lowest_ && value <= highest_) == is_inside_bad_;
  }

  /// As it was written.
  [[nodiscard]] std::string const& text() const noexcept { return text_; }

 private:
  double lowest_ = 0;
  double highest_ = std::numeric_limits<double>::infinity();
  bool is_inside_bad_ = false;
  std::string text_;
};

}  // namespace cachetool::monitor
