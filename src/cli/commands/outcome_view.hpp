#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <cachetool/error.hpp>

#include "report/json.hpp"
#include "report/table.hpp"

namespace cachetool::cli {

/// The words for one outcome.
struct outcome_words {
  std::string_view name;           ///< for programs: "not_cached"
  std::string_view said;           ///< for people, after a number: "not cached"
  std::string_view remark;         ///< after a script's path; the reason follows if it ends with ": "; empty: no remark
  std::string_view said_of_one{};  ///< after the number 1, if different
  /// After "12 scripts", if all have the same reason: " are not cached: ". Empty: each gets a line of its own.
  std::string_view remark_of_many{};
};

/// Helps if PHP goes on loading old code from a file cache in which it may replace nothing.
inline constexpr std::string_view frozen_advice =
    "opcache.file_cache_read_only=1 lets nothing be replaced there; build it anew with the code, or set "
    "opcache.validate_timestamps=1";

/// Shows the results for many scripts, for every command that works on them one by one.
class outcome_view {
 public:
  /// Each script has a path, an outcome ("what"), the reason for it ("why") and PHP's messages ("warnings"). `words`
  /// has an entry for each value of the outcome, in order. Both must outlive this object.
  template <typename Script>
  outcome_view(std::span<outcome_words const> words, std::vector<Script> const& scripts) : words_(words) {
    rows_.reserve(scripts.size());
    for (Script const& script : scripts) {
      rows_.push_back({static_cast<std::size_t>(script.what), &script.path, &script.why, &script.warnings});
    }
  }

  template <typename Outcome>
  [[nodiscard]] std::int64_t count(Outcome what) const {
    return count_of(static_cast<std::size_t>(what));
  }

  /// "12 scripts refreshed, 1 failed". Always names the outcome `first`, others only if there are any.
  template <typename Outcome>
  [[nodiscard]] std::string text(Outcome first) const {
    return text_from(static_cast<std::size_t>(first));
  }

  [[nodiscard]] report::table table() const;

  static std::vector<std::string> csv_columns();
  [[nodiscard]] std::vector<std::vector<std::string>> csv_rows() const;

  /// Write members of the report's object: a number for each outcome, and the scripts.
  void write_counts(report::json_writer& json) const;
  void write_scripts(report::json_writer& json) const;

  /// One line for each thing that the user should know: PHP's messages, and reasons().
  [[nodiscard]] std::vector<std::string> remarks() const { return lines(true); }

  /// One line for each script that has a remark, or for all scripts with the same reason.
  [[nodiscard]] std::vector<std::string> reasons() const { return lines(false); }

  /// "2 of 12 scripts <said>" if any script has the outcome `failed`.
  template <typename Outcome>
  [[nodiscard]] std::optional<error> failure(Outcome failed, std::string_view said) const {
    return failure_of(count(failed), said);
  }

  /// "nothing was cached: ..." if there is at least one script, and all have one of these outcomes.
  template <typename... Outcome>
  [[nodiscard]] std::optional<error> nothing_cached(Outcome... not_cached) const {
    return nothing_cached_of((count(not_cached) + ...));
  }

 private:
  struct row {
    std::size_t what;
    std::string const* path;
    std::string const* why;
    std::vector<std::string> const* warnings;
  };

  [[nodiscard]] std::vector<std::string> lines(bool with_warnings) const;
  [[nodiscard]] std::int64_t count_of(std::size_t what) const;
  [[nodiscard]] std::string reason_of(row const& one, std::int64_t number_alike) const;
  [[nodiscard]] std::string text_from(std::size_t first) const;
  [[nodiscard]] std::optional<error> failure_of(std::int64_t failed, std::string_view said) const;
  [[nodiscard]] std::optional<error> nothing_cached_of(std::int64_t not_cached) const;

  std::span<outcome_words const> words_;
  std::vector<row> rows_;
};

}  // namespace cachetool::cli
