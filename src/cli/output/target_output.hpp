#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/opcache.hpp>

#include "cli/output/console.hpp"
#include "cli/output/exit_code.hpp"
#include "report/csv.hpp"
#include "report/json.hpp"
#include "report/record.hpp"
#include "report/table.hpp"

namespace cachetool::cli {

enum class output_format : std::uint8_t { text, json, csv };

/// Shows what a command learnt from one target: a heading and a table, a line, a JSON object, CSV rows.
class target_output {
 public:
  /// `label` is the endpoint; empty if there is none. `csv_columns` includes the column "endpoint", which csv_row()
  /// puts first. The console must outlive this object.
  target_output(console& out, output_format format, std::size_t csv_columns, std::string label, bool several);

  using csv_table = std::vector<std::vector<std::string>>;

  /// One result in each format. Only the format that was asked for is called.
  struct renderings {
    std::function<void(report::json_writer&)> json;  ///< writes one value
    std::function<csv_table()> csv;                  ///< has the columns that the command named
    std::function<void()> text;
  };
  void show(origin const& from, renderings const& how);

  /// Shows one record: a JSON object, a CSV row, or what `text` prints.
  void show(origin const& from, std::span<report::field const> record, std::function<void()> const& text);

  /// Shows a result, and remarks on standard error below it. Then throws `failure`, if there is one: the result is that
  /// of a failed target.
  void show(origin const& from, renderings const& how, std::vector<std::string> const& remarks,
            std::optional<error> const& failure = std::nullopt);

  /// Not null if the output is JSON. Then the command writes one value between begin_result() and end_result(), and
  /// nothing else. A streamed result begins before it is known who answered; then the origin is given at the end.
  [[nodiscard]] report::json_writer* json() noexcept { return json_ ? &*json_ : nullptr; }
  void begin_result(origin const& from);
  void end_result();
  void begin_streamed_result();

  /// Begins a result that is incomplete: an error is thrown after it.
  void begin_partial_result(origin const& from);
  void end_streamed_result(origin const& from);

  /// True if the output is CSV. Then the command writes rows, with the columns that it named, and nothing else.
  [[nodiscard]] bool is_csv() const noexcept { return csv_.has_value(); }
  void csv_row(std::vector<std::string> fields);

  /// This target's streams. Several targets are worked on at the same time, and each keeps its own text until its turn
  /// comes.
  [[nodiscard]] console& streams() noexcept { return out_; }

  [[nodiscard]] bool is_one_of_several() const noexcept { return several_; }

  /// With several targets, writes the line above a table.
  void heading(origin const& from);
  void table(report::table const& rows, report::cell_style const& styles = {});

  /// "<endpoint> (pool <name>): <text>"
  void line(origin const& from, std::string const& text);

  /// On standard error.
  void warning(std::string const& text);

  /// "<key> exists" and the like, see console::message(). With several targets it stands under its heading.
  void message(origin const& from, std::initializer_list<std::string_view> parts);

  /// Makes the command end with this code, although it has said everything.
  void end_with(exit_code code) noexcept { code_ = code; }
  [[nodiscard]] exit_code code() const noexcept { return code_; }

  /// Who answered, in case the command ends with an error after that.
  void answered_by(origin const& from) { from_ = from; }

  /// Ends this target's JSON with an error, whatever was already written of its result.
  void fail(error const& failed);

  /// Passes on what the JSON and CSV writers hold.
  void flush();

 private:
  void write_origin(origin const& from);
  void render(renderings const& how);

  console& out_;
  std::optional<report::json_writer> json_;
  std::optional<report::csv_writer> csv_;
  std::string label_;
  bool several_;
  exit_code code_ = exit_code::done;
  origin from_;            // of a result that an error may follow
  std::size_t depth_ = 0;  // of the JSON inside this target's object
};

/// Shows records as they come, as an array `name` in JSON and as rows in CSV. `read` passes each record to the function
/// that it gets, and returns who answered. For a table, `keep` takes each record, and `print` shows them all.
template <typename Row, std::size_t Fields, typename Read, typename Print>
void show_rows(target_output& out, std::string_view name, std::array<report::field, Fields> (*fields_of)(Row const&),
               Read const& read, std::function<void(Row const&)> const& keep, Print const& print) {
  if (report::json_writer* json = out.json()) {
    out.begin_streamed_result();
    json->begin_object().key(name).begin_array();
    origin const from = read([&](Row const& row) { report::write_object(*json, fields_of(row)); });
    json->end_array().end_object();
    out.end_streamed_result(from);
  } else if (out.is_csv()) {
    read([&](Row const& row) { out.csv_row(report::texts(fields_of(row))); });
  } else {
    print(read(keep));
  }
}

/// Writes the JSON of a command that did not begin: {"targets":[],"error":{...}}.
void write_failed_line(console& out, error const& failed);

}  // namespace cachetool::cli
