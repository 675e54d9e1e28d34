#include "cli/commands/opcache_script_view.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"

namespace cachetool::cli {
namespace {

using compile_outcome = opcache::compiled_script::outcome;

constexpr std::size_t most_warnings = 20;  // of PHP's warnings, in a list that may have thousands of files

constexpr std::array compile_words{
    outcome_words{"cached", "cached", ""},
    outcome_words{"kept", "kept", ""},
    outcome_words{"not_cached", "not cached", " is not cached: ", "", " are not cached: "},
    outcome_words{"no_room", "left out for lack of room", ""},
    outcome_words{"left", "left to their first visitor", "", "left to its first visitor"},
    outcome_words{"failed", "failed", " did not compile: "},
};

// PHP's text for a boolean in a table cell.
std::string compiled_cell(bool compiled) {
  return compiled ? "1" : "";
}

char const* true_false(bool b) {
  return b ? "true" : "false";
}

bool is_compiled(compile_outcome what) {
  return what == compile_outcome::cached || what == compile_outcome::kept || what == compile_outcome::not_cached;
}

// One line for all of them: there may be thousands.
std::string no_room_text(opcache::compile_report const& report) {
  outcome_view const scripts = scripts_of(report);
  std::int64_t const in = scripts.count(compile_outcome::cached) + scripts.count(compile_outcome::kept);
  auto const first = std::find_if(report.scripts.begin(), report.scripts.end(),
                                  [](auto const& script) { return script.what == compile_outcome::no_room; });
  return "OPcache has no room for " + base::counted(scripts.count(compile_outcome::no_room), "script") + ", " +
         std::to_string(in) + (in == 1 ? " is" : " are") + " cached: " + first->why;
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
    table.add_row({compiled_cell(
        scripts_of(report).count(compile_outcome::failed) + scripts_of(report).count(compile_outcome::no_room) == 0)});
    return table;
  }
  report::table table({"Compiled", "Filename"});
  for (auto const& script : report.scripts) {
    table.add_row({compiled_cell(is_compiled(script.what)), script.path});
  }
  return table;
}

outcome_view scripts_of(opcache::compile_report const& report) {
  return {compile_words, report.scripts};
}

void write_json(report::json_writer& json, opcache::compile_report const& report) {
  outcome_view const scripts = scripts_of(report);
  json.begin_object();
  scripts.write_counts(json);
  scripts.write_scripts(json);
  json.end_object();
}

std::vector<std::string> remarks(opcache::compile_report const& report) {
  std::vector<std::string> lines;
  add_warnings(lines, report);
  for (std::string& line : scripts_of(report).reasons()) lines.push_back(std::move(line));
  if (std::int64_t const kept = scripts_of(report).count(compile_outcome::kept); kept > 0) {
    lines.push_back(
        base::counted(kept, "script") +
        " stood in the cache already and may have changed since: with opcache.validate_timestamps=0 the old "
        "code is served until cachetool opcache:invalidate:scripts --force, or a reset");
  }
  if (std::int64_t const left = scripts_of(report).count(compile_outcome::left); left > 0) {
    lines.push_back(base::counted(left, "file") + " left to " + (left == 1 ? "its" : "their") +
                    " first visitor: code there may use a class that stands below it, and PHP compiles that rightly "
                    "only for a visitor");
  }
  if (scripts_of(report).count(compile_outcome::no_room) > 0) lines.push_back(no_room_text(report));
  if (report.scripts.empty()) lines.push_back("there was nothing to compile");
  return lines;
}

std::optional<error> failure(opcache::compile_report const& report) {
  outcome_view const scripts = scripts_of(report);
  std::int64_t const failed = scripts.count(compile_outcome::failed);
  if (failed == 0) return scripts.nothing_cached(compile_outcome::not_cached, compile_outcome::no_room);
  return error(error_kind::php_error, std::to_string(failed) + " of " +
                                          base::counted(std::ssize(report.scripts), "file") + " did not compile");
}

report::table invalidate_table(opcache::invalidate_report const& report, bool dry_run) {
  report::table table({"Invalidated", "Filename"});
  for (auto const& script : report.scripts) {
    table.add_row({dry_run ? "dry run" : true_false(script.invalidated), script.path});
  }
  return table;
}

std::array<report::field, 3> fields(opcache::invalidated_script const& script) {
  return {{{"invalidated", script.invalidated}, {"valid", script.valid}, {"full_path", std::string_view(script.path)}}};
}

void write_json(report::json_writer& json, opcache::invalidate_report const& report, bool dry_run) {
  json.begin_object().key("dry_run").boolean(dry_run);
  json.key("preloaded").integer(report.preloaded);
  report::write_objects(json, "scripts", report.scripts,
                        [](opcache::invalidated_script const& script) { return fields(script); });
  json.end_object();
}

std::vector<std::string> remarks(opcache::invalidate_report const& report, bool dry_run) {
  auto const& all = report.scripts;
  if (all.empty()) return {"no cached script matches, so nothing was invalidated"};
  if (dry_run) return {};
  std::vector<std::string> lines;
  auto const refused = std::count_if(all.begin(), all.end(), [](auto const& s) { return !s.invalidated; });
  auto const valid = std::count_if(all.begin(), all.end(), [](auto const& s) { return s.invalidated && s.valid; });
  if (refused > 0)
    lines.push_back("PHP did not invalidate " + base::counted(refused, "script") + "; are the files gone?");
  if (valid > 0) {
    lines.push_back(base::counted(valid, "script") + (valid == 1 ? " is" : " are") +
                    " still in use, because the files have not changed: --force invalidates those too");
  }
  if (!report.frozen.empty()) {
    lines.push_back("PHP loads what " + report.frozen + " has of them again, changed or not: " +
                    std::string(frozen_advice) + ", or use opcache:refresh, which compiles them");
  }
  if (report.preloaded > 0) {
    lines.push_back("opcache.preload loaded " + std::to_string(report.preloaded) +
                    " of them, which stay as they are until php-fpm is reloaded");
  }
  return lines;
}

std::array<report::field, 3> fields(opcache::file_cache_report const& report) {
  return {{{"directory", std::string_view(report.directory)},
           {"deleted", report.deleted},
           {"left", static_cast<std::int64_t>(report.left.size())}}};
}

void write_json(report::json_writer& json, opcache::file_cache_report const& report) {
  auto const all = fields(report);
  json.begin_object();
  report::write_members(json, std::span(all).first(2));  // the files that are left are listed below
  report::write_objects(json, "left", report.left, [](opcache::file_cache_report::left_file const& file) {
    return std::array<report::field, 3>{{{"path", std::string_view(file.path)},
                                         {"owner", report::maybe(file.owner)},
                                         {"reason", std::string_view(file.why)}}};
  });
  json.end_object();
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
  return error(error_kind::php_error, base::counted(left, "file") + " could not be deleted")
      .advise("pools of several users share this directory? run it for each of them, with --fcgi");
}

}  // namespace cachetool::cli
