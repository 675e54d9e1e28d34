#include "cli/output/target_output.hpp"

namespace cachetool::cli {
namespace {

void write_error(report::json_writer& json, error const& failed) {
  json.key("error").begin_object();
  json.key("kind").string(name(failed.kind()));
  json.key("message").string(failed.message());
  json.key("hint");
  failed.hint().empty() ? json.null() : json.string(failed.hint());
  json.end_object();
}

}  // namespace

target_output::target_output(console& out, output_format format, std::size_t csv_columns, std::string label,
                             bool several)
    : out_(out), label_(std::move(label)), several_(several) {
  if (format == output_format::csv) {
    csv_.emplace([this](std::string_view text) { out_.raw(text); }, csv_columns);
  } else if (format == output_format::json) {
    json_.emplace([this](std::string_view text) { out_.write(text); });
    json_->begin_object().key("endpoint");
    label_.empty() ? json_->null() : json_->string(label_);
    depth_ = json_->depth();
  }
}

void target_output::show(origin const& from, renderings const& how) {
  if (json_) begin_result(from);
  render(how);
  if (json_) end_result();
}

void target_output::render(renderings const& how) {
  if (json_) {
    how.json(*json_);
  } else if (csv_) {
    for (auto& row : how.csv()) csv_row(std::move(row));
  } else {
    how.text();
  }
}

void target_output::show(origin const& from, std::span<report::field const> record, std::function<void()> const& text) {
  show(from, {[record](report::json_writer& json) { report::write_object(json, record); },
              [record] { return csv_table{report::texts(record)}; }, text});
}

void target_output::show(origin const& from, renderings const& how, std::vector<std::string> const& remarks,
                         std::optional<error> const& failure) {
  answered_by(from);
  if (json_) begin_streamed_result();
  render(how);
  out_.flush();  // the remarks come below what they are about
  for (std::string const& line : remarks) warning(line);
  if (failure) throw *failure;
  if (json_) end_streamed_result(from);
}

void target_output::csv_row(std::vector<std::string> fields) {
  fields.insert(fields.begin(), label_);
  csv_->row(fields);
}

void target_output::write_origin(origin const& from) {
  json_->key("pool");
  from.pool.empty() ? json_->null() : json_->string(from.pool);
  json_->key("php");
  from.php_version.empty() ? json_->null() : json_->string(from.php_version);
}

void target_output::begin_result(origin const& from) {
  write_origin(from);
  json_->key("ok").boolean(true).key("result");
}

void target_output::end_result() {
  json_->end_object();
}

void target_output::begin_streamed_result() {
  json_->key("result");
}

void target_output::begin_partial_result(origin const& from) {
  answered_by(from);
  json_->key("result");
}

void target_output::end_streamed_result(origin const& from) {
  write_origin(from);
  json_->key("ok").boolean(true).end_object();
}

void target_output::heading(origin const& from) {
  if (!several_) return;
  std::string const pool = from.pool.empty() ? "" : "pool " + from.pool;
  std::string const php = from.php_version.empty() ? "" : "PHP " + from.php_version;
  std::string const both = pool + (pool.empty() || php.empty() ? "" : ", ") + php;
  out_.line((label_.empty() ? "an unknown address" : label_) + (both.empty() ? "" : " (" + both + ")"));
}

void target_output::table(report::table const& rows, report::cell_style const& styles) {
  rows.render([this](std::string_view text) { out_.write(text); }, out_.colour(), styles);
}

void target_output::line(origin const& from, std::string const& text) {
  out_.line(label_ + (from.pool.empty() ? "" : " (pool " + from.pool + ")") + ": " + text);
}

void target_output::message(origin const& from, std::initializer_list<std::string_view> parts) {
  heading(from);
  out_.message(parts);
}

void target_output::warning(std::string const& text) {
  out_.warning(label_ + ": " + text);
}

void target_output::fail(error const& failed) {
  if (!json_) return;
  json_->end_until(depth_);
  write_origin(from_);
  json_->key("ok").boolean(false);
  write_error(*json_, failed);
  json_->end_object();
}

void target_output::flush() {
  if (json_) json_->flush();
  if (csv_) csv_->flush();
  out_.flush();
}

void write_failed_line(console& out, error const& failed) {
  report::json_writer json([&out](std::string_view text) { out.write(text); });
  json.begin_object().key("targets").begin_array().end_array();
  write_error(json, failed);
  json.end_object();
  json.flush();
  out.write("\n");
  out.flush();
}

}  // namespace cachetool::cli
