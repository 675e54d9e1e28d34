#include "cli/opcache_refresh_commands.hpp"

#include <filesystem>

#include "caches/opcache_refresh.hpp"
#include "cli/opcache_refresh_view.hpp"
#include "cli/read_file.hpp"
#include "cli/targets.hpp"

namespace cachetool::cli {
namespace {

using scope = opcache::refresh_query::scope;

// Links stay in it: where they lead is php-fpm's to say.
std::string absolute(std::string const& path) {
  if (path.empty()) throw error(error_kind::usage, "a path is empty").advise("is a shell variable unset?");
  return std::filesystem::absolute(path).string();
}

opcache::refresh_query refresh_query(context const& with) {
  auto const list = with.given.text("from-list");
  if (list.has_value() == !with.line.arguments.empty()) {
    throw error(error_kind::usage, "opcache:refresh needs either paths or --from-list=FILE");
  }
  if (list && with.given.given("force")) {
    throw error(error_kind::usage, "--force is for paths: --from-list takes every file that is listed anyway");
  }
  opcache::refresh_query query;
  query.which = list ? scope::listed : with.given.given("force") ? scope::all : scope::changed;
  for (std::string const& path : list ? split_list(read_file(*list)) : with.line.arguments) {
    query.names.push_back(absolute(path));
  }
  query.pace.between_files = std::chrono::milliseconds{with.given.count("pace").value_or(2)};
  return query;
}

}  // namespace

exit_code opcache_refresh(context& with) {
  opcache::refresh_query const query = refresh_query(with);
  return for_each_target(with, refresh_columns(), [&](adapter::adapter& php, target_output& out) {
    auto const report = opcache::refresh(php, query, [&](std::size_t done, std::size_t total) {
      out.streams().progress(php.label() + ": refreshed " + std::to_string(done) + " of " + std::to_string(total));
    });
    out.answered_by(report.from);
    if (report::json_writer* json = out.json()) {
      out.begin_streamed_result();
      write_json(*json, report);
    } else if (out.is_csv()) {
      for (auto const& script : report.scripts) out.csv_row(csv_fields(script));
    } else {
      if (with.given.flag("verbose") > 0) out.table(refresh_table(report));
      out.line(report.from, refresh_text(report));
    }
    out.streams().flush();  // what the remarks are about stands above them
    for (std::string const& line : remarks(report)) out.warning(line);
    if (auto const failed = failure(report)) throw *failed;
    if (out.json() != nullptr) out.end_streamed_result(report.from);
  });
}

}  // namespace cachetool::cli
