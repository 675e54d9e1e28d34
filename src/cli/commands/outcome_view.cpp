#include "cli/commands/outcome_view.hpp"

#include <algorithm>
#include <map>
#include <utility>

#include "base/text.hpp"

namespace cachetool::cli {

report::table outcome_view::table() const {
  report::table table({"Outcome", "Filename"});
  for (row const& each : rows_) table.add_row({std::string(words_[each.what].name), *each.path});
  return table;
}

std::vector<std::string> outcome_view::csv_columns() {
  return {"outcome", "reason", "full_path"};
}

std::vector<std::vector<std::string>> outcome_view::csv_rows() const {
  std::vector<std::vector<std::string>> out;
  out.reserve(rows_.size());
  for (row const& each : rows_) out.push_back({std::string(words_[each.what].name), *each.why, *each.path});
  return out;
}

void outcome_view::write_counts(report::json_writer& json) const {
  for (std::size_t what = 0; what < words_.size(); ++what) json.key(words_[what].name).integer(count_of(what));
}

void outcome_view::write_scripts(report::json_writer& json) const {
  json.key("scripts").begin_array();
  for (row const& each : rows_) {
    json.begin_object().key("full_path").string(*each.path);
    json.key("outcome").string(words_[each.what].name).key("reason");
    each.why->empty() ? json.null() : json.string(*each.why);
    json.key("warnings").begin_array();
    for (std::string const& warning : *each.warnings) json.string(warning);
    json.end_array().end_object();
  }
  json.end_array();
}

std::vector<std::string> outcome_view::lines(bool with_warnings) const {
  auto const kind = [](row const& each) { return std::pair(each.what, std::string_view(*each.why)); };
  std::map<std::pair<std::size_t, std::string_view>, std::int64_t> alike;
  for (row const& each : rows_) ++alike[kind(each)];
  std::vector<std::string> lines;
  for (row const& each : rows_) {
    if (with_warnings) lines.insert(lines.end(), each.warnings->begin(), each.warnings->end());
    if (words_[each.what].remark.empty()) continue;
    bool const has_own = words_[each.what].remark_of_many.empty();
    std::int64_t const number = has_own ? 1 : std::exchange(alike[kind(each)], 0);
    if (number > 0) lines.push_back(reason_of(each, number));
  }
  return lines;
}

std::string outcome_view::reason_of(row const& one, std::int64_t number_alike) const {
  outcome_words const& words = words_[one.what];
  std::string line = number_alike == 1 ? *one.path + std::string(words.remark)
                                       : base::counted(number_alike, "script") + std::string(words.remark_of_many);
  return line + (words.remark.ends_with(": ") ? *one.why : "");
}

std::int64_t outcome_view::count_of(std::size_t what) const {
  return std::count_if(rows_.begin(), rows_.end(), [what](row const& each) { return each.what == what; });
}

std::string outcome_view::text_from(std::size_t first) const {
  std::string text = base::counted(count_of(first), "script") + " " + std::string(words_[first].said);
  for (std::size_t what = 0; what < words_.size(); ++what) {
    std::int64_t const number = count_of(what);
    if (number == 0 || what == first) continue;
    bool const differs = number == 1 && !words_[what].said_of_one.empty();
    text += ", " + std::to_string(number) + " " + std::string(differs ? words_[what].said_of_one : words_[what].said);
  }
  return text;
}

std::optional<error> outcome_view::failure_of(std::int64_t failed, std::string_view said) const {
  if (failed == 0) return std::nullopt;
  return error(error_kind::php_error,
               std::to_string(failed) + " of " + base::counted(std::ssize(rows_), "script") + " " + std::string(said));
}

std::optional<error> outcome_view::nothing_cached_of(std::int64_t not_cached) const {
  if (rows_.empty() || not_cached != std::ssize(rows_)) return std::nullopt;
  return error(error_kind::php_error, "nothing was cached: " + *rows_.front().why);
}

}  // namespace cachetool::cli
