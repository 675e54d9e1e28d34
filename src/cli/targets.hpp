#pragma once

#include <functional>
#include <initializer_list>
#include <optional>
#include <string>
#include <vector>

#include <cachetool/caches.hpp>

#include "adapter/adapter.hpp"
#include "cli/context.hpp"
#include "cli/exit_code.hpp"
#include "report/csv.hpp"
#include "report/json.hpp"
#include "report/table.hpp"

namespace cachetool::cli {

/// How the output of a whole command is written: neither for text, or one of the two.
struct machine_output {
  report::json_writer* json = nullptr;
  report::csv_writer* csv = nullptr;
};

/// Where a command puts what it learnt from one target: a heading and a table, a line, or its part of the JSON or CSV.
class target_output {
 public:
  target_output(console& out, machine_output machine, std::string label, bool several);

  /// Not null when the output is JSON. Then the command writes one value between begin_result() and end_result(), and
  /// nothing else. A result that is streamed stands before who it is from is known: then FROM is given at the end
  /// instead.
  [[nodiscard]] report::json_writer* json() noexcept { return json_; }
  void begin_result(opcache::origin const& from);
  void end_result();
  void begin_streamed_result();

  /// A result that is not all of it: an error is thrown after it.
  void begin_partial_result(opcache::origin const& from);
  void end_streamed_result(opcache::origin const& from);

  /// True when the output is CSV. Then the command writes rows, with the columns it named, and nothing else.
  [[nodiscard]] bool is_csv() const noexcept { return csv_ != nullptr; }
  void csv_row(std::vector<std::string> fields);

  /// With several targets, the line that stands over a table.
  void heading(opcache::origin const& from);
  void table(report::table const& rows);

  /// "ENDPOINT (pool NAME): TEXT"
  void line(opcache::origin const& from, std::string const& text);

  /// On standard error.
  void warning(std::string const& text);

  /// "KEY exists" and the like, see console::message(). With several targets under their headings.
  void message(opcache::origin const& from, std::initializer_list<std::string_view> parts);

  /// The command has said what there is to say, and yet ends with this code.
  void end_with(exit_code code) noexcept { code_ = code; }
  [[nodiscard]] exit_code code() const noexcept { return code_; }

  /// Who it is that answered, should the command end with an error after that.
  void answered_by(opcache::origin const& from) { from_ = from; }

  /// Ends this target's JSON with an error, whatever was written of its result.
  void fail(error const& failed);

 private:
  void write_origin(opcache::origin const& from);

  console& out_;
  report::json_writer* json_;
  report::csv_writer* csv_;
  std::string label_;
  bool several_;
  exit_code code_ = exit_code::done;
  opcache::origin from_;   // of a result that an error may follow
  std::size_t depth_ = 0;  // of the JSON inside this target's object
};

using target_action = std::function<void(adapter::adapter& php, target_output& out)>;

/// Does ACTION with each PHP that the command line, the config file, the environment or this machine names (a php-fpm,
/// a web site, or php on the command line), as far as the command's target_policy goes. CSV_COLUMNS follow the column
/// "endpoint" in CSV; nothing for a command that takes no --format, or has its own. An error ends one target, not the
/// others. Returns the largest exit code; an interruption is reported and has its own. Throws error (usage, config).
exit_code for_each_target(context& with, std::optional<std::vector<std::string>> csv_columns,
                          target_action const& action);

}  // namespace cachetool::cli
