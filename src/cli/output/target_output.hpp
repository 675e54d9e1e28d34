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

/// Where a command puts what it learnt from one target: a heading and a table, a line, an object of JSON, rows of CSV.
class target_output {
 public:
  /// LABEL is the endpoint; empty where there is none. CSV_COLUMNS: with the column "endpoint" that csv_row() puts
  /// first. OUT must outlive this.
  target_output(console& out, output_format format, std::size_t csv_columns, std::string label, bool several);

  using csv_table = std::vector<std::vector<std::string>>;

  /// How one result looks in each format. Only the one that was asked for is called.
  struct forms {
    std::function<void(report::json_writer&)> json;  ///< writes one value
    std::function<csv_table()> csv;                  ///< of the columns that the command named
    std::function<void()> text;
  };
  void show(origin const& from, forms const& how);

  /// One record: an object of JSON, a row of CSV, or what TEXT prints.
  void show(origin const& from, std::span<report::field const> record, std::function<void()> const& text);

  /// A result and what there is to say of it, on standard error, below it. FAILURE, if there is one, is thrown at the
  /// end: the result is one of a failed target then.
  void show(origin const& from, forms const& how, std::vector<std::string> const& remarks,
            std::optional<error> const& failure = std::nullopt);

  /// Not null when the output is JSON. Then the command writes one value between begin_result() and end_result(), and
  /// nothing else. A result that is streamed stands before who it is from is known: then FROM is given at the end
  /// instead.
  [[nodiscard]] report::json_writer* json() noexcept { return json_ ? &*json_ : nullptr; }
  void begin_result(origin const& from);
  void end_result();
  void begin_streamed_result();

  /// A result that is not all of it: an error is thrown after it.
  void begin_partial_result(origin const& from);
  void end_streamed_result(origin const& from);

  /// True when the output is CSV. Then the command writes rows, with the columns it named, and nothing else.
  [[nodiscard]] bool is_csv() const noexcept { return csv_.has_value(); }
  void csv_row(std::vector<std::string> fields);

  /// The streams of this target: with several targets they are worked on at the same time, and each keeps its own text
  /// until it is its turn.
  [[nodiscard]] console& streams() noexcept { return out_; }

  [[nodiscard]] bool is_one_of_several() const noexcept { return several_; }

  /// With several targets, the line that stands over a table.
  void heading(origin const& from);
  void table(report::table const& rows);

  /// "ENDPOINT (pool NAME): TEXT"
  void line(origin const& from, std::string const& text);

  /// On standard error.
  void warning(std::string const& text);

  /// "KEY exists" and the like, see console::message(). With several targets under their headings.
  void message(origin const& from, std::initializer_list<std::string_view> parts);

  /// The command has said what there is to say, and yet ends with this code.
  void end_with(exit_code code) noexcept { code_ = code; }
  [[nodiscard]] exit_code code() const noexcept { return code_; }

  /// Who it is that answered, should the command end with an error after that.
  void answered_by(origin const& from) { from_ = from; }

  /// Ends this target's JSON with an error, whatever was written of its result.
  void fail(error const& failed);

  /// Passes on what the writers of JSON and CSV hold.
  void flush();

 private:
  void write_origin(origin const& from);

  console& out_;
  std::optional<report::json_writer> json_;
  std::optional<report::csv_writer> csv_;
  std::string label_;
  bool several_;
  exit_code code_ = exit_code::done;
  origin from_;            // of a result that an error may follow
  std::size_t depth_ = 0;  // of the JSON inside this target's object
};

/// Records that are passed on as they come, an array NAME in JSON and rows in CSV. READ passes each of them to what it
/// is given, and returns who answered. Where they are to be a table, KEEP takes each, and PRINT shows them all.
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

/// The JSON of a command that began nothing: {"targets":[],"error":{...}}.
void write_failed_line(console& out, error const& failed);

}  // namespace cachetool::cli
