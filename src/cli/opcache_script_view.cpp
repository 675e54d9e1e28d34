#include "cli/opcache_script_view.hpp"

#include <algorithm>

namespace cachetool::cli {
namespace {

using outcome = opcache::compiled_script::outcome;

constexpr std::size_t most_warnings = 20;  // of PHP's, in a list that may hold thousands of files

std::string_view outcome_name(outcome what) {
  switch (what) {
    case outcome::cached:
      return "cached";
    case outcome::kept:
      return "kept";
    case outcome::not_cached:
      return "not_cached";
    case outcome::failed:
      break;
  }
  return "failed";
}

std::int64_t count(opcache::compile_report const& report, outcome what) {
  return std::count_if(report.scripts.begin(), report.scripts.end(), [what](auto const& s) { return s.what == what; });
}

std::string files(std::int64_t number) {
  return number == 1 ? "1 file" : std::to_string(number) + " files";
}

std::string scripts(std::int64_t number) {
  return number == 1 ? "1 script" : std::to_string(number) + " scripts";
}

// As PHP shows a boolean in a table cell.
std::string compiled_cell(bool compiled) {
  return compiled ? "1" : "";
}

char const* true_false(bool b) {
  return b ? "true" : "false";
}

void add_warnings(std::vector<std::string>& lines, opcache::compile_report const& report) {
  std::size_t total = 0;
  for (auto const& script : report.scripts) {
    for (std::string const& warning : script.warnings) {
      if (++total <= most_warnings) lines.push_back(warning);
    }
  }
  if (total > most_warnings) {
    lines.push_back("PHP said " + std::to_string(total - most_warnings) + " things more; --format=json has them all");
  }
}

}  // namespace

report::table compile_table(opcache::compile_report const& report, bool summary) {
  if (summary) {
    report::table table({"Compiled"});
    table.add_row({compiled_cell(count(report, outcome::failed) == 0)});
    return table;
  }
  report::table table({"Compiled", "Filename"});
  for (auto const& script : report.scripts) table.add_row({compiled_cell(script.what != outcome::failed), script.path});
  return table;
}

std::vector<std::string> compile_columns() {
  return {"outcome", "reason", "full_path"};
}

std::vector<std::string> csv_fields(opcache::compiled_script const& script) {
  return {std::string(outcome_name(script.what)), script.why, script.path};
}

void write_json(report::json_writer& json, opcache::compile_report const& report) {
  json.begin_object();
  for (outcome const what : {outcome::cached, outcome::kept, outcome::not_cached, outcome::failed}) {
    json.key(outcome_name(what)).integer(count(report, what));
  }
  json.key("scripts").begin_array();
  for (auto const& script : report.scripts) {
    json.begin_object().key("full_path").string(script.path);
    json.key("outcome").string(outcome_name(script.what)).key("reason");
    script.why.empty() ? json.null() : json.string(script.why);
    json.key("warnings").begin_array();
    for (std::string const& warning : script.warnings) json.string(warning);
    json.end_array().end_object();
  }
  json.end_array().end_object();
}

std::vector<std::string> remarks(opcache::compile_report const& report) {
  std::vector<std::string> lines;
  add_warnings(lines, report);
  for (auto const& script : report.scripts) {
    if (script.what == outcome::not_cached)
      lines.push_back(script.path + " was compiled, but not cached: " + script.why);
    if (script.what == outcome::failed) lines.push_back(script.path + " did not compile: " + script.why);
  }
  if (std::int64_t const kept = count(report, outcome::kept); kept > 0) {
    lines.push_back(
        scripts(kept) +
        " stood in the cache already and may have changed since: with opcache.validate_timestamps=0 the old "
        "code is served until cachetool opcache:invalidate:scripts --force, or a reset");
  }
  if (report.scripts.empty()) lines.push_back("there was nothing to compile");
  return lines;
}

std::optional<error> failure(opcache::compile_report const& report) {
  auto const total = static_cast<std::int64_t>(report.scripts.size());
  std::int64_t const failed = count(report, outcome::failed);
  if (failed > 0) {
    return error(error_kind::php_error, std::to_string(failed) + " of " + files(total) + " did not compile");
  }
  if (total > 0 && count(report, outcome::not_cached) == total) {
    return error(error_kind::php_error, "nothing was cached: " + report.scripts.front().why);
  }
  return std::nullopt;
}

report::table invalidate_table(opcache::invalidate_report const& report, bool dry_run) {
  report::table table({"Invalidated", "Filename"});
  for (auto const& script : report.scripts) {
    table.add_row({dry_run ? "dry run" : true_false(script.invalidated), script.path});
  }
  return table;
}

std::vector<std::string> invalidate_columns() {
  return {"invalidated", "valid", "full_path"};
}

std::vector<std::string> csv_fields(opcache::invalidated_script const& script) {
  return {true_false(script.invalidated), true_false(script.valid), script.path};
}

void write_json(report::json_writer& json, opcache::invalidate_report const& report, bool dry_run) {
  json.begin_object().key("dry_run").boolean(dry_run);
  json.key("preloaded").integer(report.preloaded);
  json.key("scripts").begin_array();
  for (auto const& script : report.scripts) {
    json.begin_object().key("full_path").string(script.path);
    json.key("invalidated").boolean(script.invalidated);
    json.key("valid").boolean(script.valid).end_object();
  }
  json.end_array().end_object();
}

std::vector<std::string> remarks(opcache::invalidate_report const& report, bool dry_run) {
  auto const& all = report.scripts;
  if (all.empty()) return {"no cached script matches, so nothing was invalidated"};
  if (dry_run) return {};
  std::vector<std::string> lines;
  auto const refused = std::count_if(all.begin(), all.end(), [](auto const& s) { return !s.invalidated; });
  auto const valid = std::count_if(all.begin(), all.end(), [](auto const& s) { return s.invalidated && s.valid; });
  if (refused > 0) lines.push_back("PHP did not invalidate " + scripts(refused) + "; are the files gone?");
  if (valid > 0) {
    lines.push_back(scripts(valid) + (valid == 1 ? " is" : " are") +
                    " still in use, because the files have not changed: --force invalidates those too");
  }
  if (report.preloaded > 0) {
    lines.push_back("opcache.preload loaded " + std::to_string(report.preloaded) +
                    " of them, which stay as they are until php-fpm is reloaded");
  }
  return lines;
}

std::vector<std::string> file_cache_columns() {
  return {"directory", "deleted", "left"};
}

std::vector<std::string> csv_fields(opcache::file_cache_report const& report) {
  return {report.directory, std::to_string(report.deleted), std::to_string(report.left.size())};
}

void write_json(report::json_writer& json, opcache::file_cache_report const& report) {
  json.begin_object().key("directory").string(report.directory);
  json.key("deleted").integer(report.deleted);
  json.key("left").begin_array();
  for (auto const& file : report.left) {
    json.begin_object().key("path").string(file.path).key("owner");
    file.owner ? json.integer(*file.owner) : json.null();
    json.key("reason").string(file.why).end_object();
  }
  json.end_array().end_object();
}

std::vector<std::string> remarks(opcache::file_cache_report const& report) {
  std::vector<std::string> lines;
  for (auto const& file : report.left) {
    lines.push_back(file.path + " was not deleted: " + file.why +
                    (file.owner ? " (it belongs to user " + std::to_string(*file.owner) + ")" : ""));
  }
  return lines;
}

std::optional<error> failure(opcache::file_cache_report const& report) {
  if (report.left.empty()) return std::nullopt;
  auto const left = static_cast<std::int64_t>(report.left.size());
  return error(error_kind::php_error, files(left) + " could not be deleted")
      .advise("pools of several users share this directory? run it for each of them, with --fcgi");
}

}  // namespace cachetool::cli
