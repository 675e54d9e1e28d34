#include "cli/deploy_commands.hpp"

#include <filesystem>

#include "caches/find_scripts.hpp"
#include "caches/warm.hpp"
#include "cli/targets.hpp"
#include "cli/warm_view.hpp"

namespace cachetool::cli {
namespace {

// This machine may see other paths than php-fpm does: then the release that runs tells what to compile.
opcache::warm_options warm_options(context const& with, std::string const& release) {
  opcache::warm_options options;
  options.like_running = !with.given.given("every-file");
  if (std::filesystem::is_directory(release)) {
    for (opcache::script_file& file : opcache::find_scripts(release, {})) options.files.push_back(std::move(file.path));
  }
  options.pace.between_files = std::chrono::milliseconds{with.given.count("pace").value_or(2)};
  return options;
}

}  // namespace

exit_code deploy_warm(context& with) {
  std::string const& given = with.line.arguments.front();
  if (given.empty()) throw error(error_kind::usage, "the release is empty").advise("is a shell variable unset?");
  std::string const release = std::filesystem::absolute(given).string();
  opcache::warm_options const options = warm_options(with, release);
  return for_each_target(with, warm_columns(), [&](adapter::adapter& php, target_output& out) {
    auto const report = opcache::warm(php, release, options, [&](std::size_t done, std::size_t total) {
      out.streams().progress(php.label() + ": compiled " + std::to_string(done) + " of " + std::to_string(total));
    });
    out.answered_by(report.from);
    if (report::json_writer* json = out.json()) {
      out.begin_streamed_result();
      write_json(*json, report);
    } else if (out.is_csv()) {
      for (auto const& script : report.scripts) out.csv_row(csv_fields(script));
    } else {
      if (with.given.flag("verbose") > 0) out.table(warm_table(report));
      out.line(report.from, warm_text(report));
    }
    out.streams().flush();  // what the remarks are about stands above them
    for (std::string const& line : remarks(report)) out.warning(line);
    if (auto const failed = failure(report)) throw *failed;
    if (out.json() != nullptr) out.end_streamed_result(report.from);
  });
}

}  // namespace cachetool::cli
