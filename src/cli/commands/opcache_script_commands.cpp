#include "cli/commands/opcache_script_commands.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "base/path.hpp"
#include "caches/find_scripts.hpp"
#include "caches/opcache.hpp"
#include "cli/commands/opcache_script_view.hpp"
#include "cli/settings/paths.hpp"
#include "cli/targets/targets.hpp"

namespace cachetool::cli {
namespace {

namespace fs = std::filesystem;

opcache::compile_options compile_options(context const& with, std::vector<std::string> exclude) {
  opcache::compile_options options;
  options.exclude = std::move(exclude);
  options.timeout = with.given.seconds("timeout").value_or(options.timeout);
  return options;
}

// `jobs` is the number of requests at the same time.
opcache::compile_report compile(adapter::adapter& php, std::vector<opcache::script_file> const& files,
                                opcache::compile_options const& options, std::int64_t jobs) {
  constexpr std::int64_t most_jobs = 64;
  std::vector<std::unique_ptr<adapter::adapter>> others;
  std::vector<adapter::adapter*> all{&php};
  while (std::ssize(all) < std::min(jobs, most_jobs)) {
    others.push_back(php.another());
    if (others.back() == nullptr) break;
    all.push_back(others.back().get());
  }
  return opcache::compile(all, files, options);
}

void show(target_output& out, opcache::compile_report const& report, origin const& from, bool summary) {
  out.show(from,
           {[&](report::json_writer& json) { write_json(json, report); }, [&] { return scripts_of(report).csv_rows(); },
            [&] {
              out.heading(from);
              out.table(compile_table(report, summary));
            }},
           remarks(report), failure(report));
}

// The options of opcache:compile:scripts; opcache:compile:script has one file and needs none.
struct compile_scripts_options {
  std::vector<std::string> exclude{};
  std::int64_t jobs = 1;
  bool summary = false;
};

exit_code compile_files(context& with, std::vector<opcache::script_file> const& files, compile_scripts_options given) {
  opcache::compile_options const options = compile_options(with, std::move(given.exclude));
  return for_each_master(with, outcome_view::csv_columns(), [&](adapter::adapter& php, console&) {
    return [&given, report = compile(php, files, options, given.jobs)](target_output& out, std::string const& pool) {
      show(out, report, as_of_pool(report.from, pool), given.summary);
    };
  });
}

opcache::invalidate_query invalidate_query(context const& with) {
  opcache::invalidate_query query;
  auto const directory = with.given.text("path");
  if (directory.has_value() == !with.line.arguments.empty()) {
    throw error(error_kind::usage, "opcache:invalidate:scripts needs either a regular expression or --path=DIRECTORY");
  }
  if (directory && directory->empty()) throw error(error_kind::usage, "the option --path has an empty value");
  if (directory) query.directory = fs::absolute(*directory).string();
  if (!directory) query.pattern = with.line.arguments.front();
  if (!directory && query.pattern.empty()) {
    throw error(error_kind::usage, "the regular expression is empty, which would invalidate every script")
        .advise("is a shell variable unset? to mean every script, write .");
  }
  query.force = with.given.given("force");
  query.dry_run = with.given.given("dry-run");
  return query;
}

void show(target_output& out, opcache::invalidate_report const& report, origin const& from, bool dry_run) {
  out.show(from,
           {[&](report::json_writer& json) { write_json(json, report, dry_run); },
            [&] {
              target_output::csv_table rows;
              for (auto const& script : report.scripts) rows.push_back(report::texts(fields(script)));
              return rows;
            },
            [&] {
              out.heading(from);
              out.table(invalidate_table(report, dry_run));
            }},
           remarks(report, dry_run));
}

bool may_delete(console& streams, opcache::file_cache_report const& found) {
  return streams.confirm("Are you sure you want to delete the contents of " + found.directory + "? [no] ");
}

}  // namespace

exit_code opcache_compile_script(context& with) {
  std::string const path = with.line.arguments.front();
  if (path.empty())
    throw error(error_kind::usage, "the path of the script is empty").advise("is a shell variable unset?");
  return compile_files(with, {{base::real_or_absolute_path(path), path}}, compile_scripts_options());
}

exit_code opcache_compile_scripts(context& with) {
  std::vector<std::string> words;
  std::vector<std::string> expressions;
  for (auto const& exclude : with.given.all("exclude")) {
    if (!exclude || exclude->empty()) throw error(error_kind::usage, "the option --exclude has an empty value");
    (opcache::is_regular_expression(*exclude) ? expressions : words).push_back(*exclude);
  }
  std::string const& directory = with.line.arguments.front();
  static_cast<void>(absolute_path(directory));  // throws if the directory is gone: it would look empty
  return compile_files(with, opcache::find_scripts(directory, words),
                       {std::move(expressions), with.given.count("jobs").value_or(1), with.given.given("batch")});
}

exit_code opcache_invalidate_scripts(context& with) {
  opcache::invalidate_query const query = invalidate_query(with);
  return for_each_master(
      with, report::names(fields(opcache::invalidated_script())), [&](adapter::adapter& php, console&) {
        return [&query, report = opcache::invalidate(php, query)](target_output& out, std::string const& pool) {
          show(out, report, as_of_pool(report.from, pool), query.dry_run);
        };
      });
}

exit_code opcache_reset_file_cache(context& with) {
  bool const force = with.given.given("force");
  if (!force && (with.given.given("no-interaction") || isatty(STDIN_FILENO) != 1)) {
    if (with.given.text("format").value_or("table") == "table") with.out.line("Aborted file deletion");
    with.out.flush();
    throw error(error_kind::usage, "nobody can be asked whether to delete files, so nothing was deleted")
        .advise("--force deletes them without asking");
  }
  return for_each_target(
      with, report::names(fields(opcache::file_cache_report())), [&](adapter::adapter& php, target_output& out) {
        opcache::file_cache_report report;
        bool const agreed = force || may_delete(out.streams(), report = opcache::find_file_cache(php));
        if (agreed) report = opcache::reset_file_cache(php);
        out.show(report.from,
                 {[&](report::json_writer& json) { write_json(json, report); },
                  [&] { return target_output::csv_table{report::texts(fields(report))}; },
                  [&] {
                    out.heading(report.from);
                    out.streams().line(agreed ? "Deleted " + std::to_string(report.deleted) + " files."
                                              : "Aborted file deletion");
                  }},
                 remarks(report), failure(report));
      });
}

}  // namespace cachetool::cli
