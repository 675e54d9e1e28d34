#include "cli/commands/opcache_prune_view.hpp"

#include <nlohmann/json.hpp>

#include "support/catch.hpp"

using namespace cachetool;
using outcome = releases::pruned_script::outcome;

namespace {

releases::prune_report report_of(std::initializer_list<outcome> outcomes) {
  releases::prune_report report;
  for (outcome const what : outcomes) report.scripts.push_back({"/a.php", what, "", {}});
  report.memory = {20 << 20, 97 << 20, 3 << 20, 2.5};
  report.memory_of_scripts = 1 << 20;
  report.needed = {8 << 20, 301};
  report.free_keys = 15000;
  return report;
}

}  // namespace

TEST_CASE("a prune is told in one line, with the waste and when a reset is worth it") {
  auto report = report_of({outcome::forgotten, outcome::forgotten, outcome::forgotten, outcome::preloaded});
  report.dead = {{"/srv/releases/1", 2}};
  report.gone = 1;
  CHECK(cli::prune_text(report, false) ==
        "3 scripts forgotten, 1 preloaded (2 of /srv/releases/1, 1 of a file that is gone), 3 MiB wasted now; a reset "
        "is worth it when less than 8 MiB or 301 keys are free, now it is 97 MiB and 15000");
  report.dead.push_back({"/srv/releases/2", 1});
  report.reset_pays = true;
  CHECK(cli::prune_text(report, false) ==
        "3 scripts forgotten, 1 preloaded (3 of 2 dead releases, 1 of a file that is gone), 3 MiB wasted now; a reset "
        "is worth it now, in a quiet hour: less than 8 MiB or 301 keys are free, only 97 MiB and 15000");
}

TEST_CASE("a dry run of a prune says that nothing was done") {
  CHECK(cli::prune_text(report_of({outcome::found}), true) ==
        "1 script would be forgotten, 3 MiB wasted now, and 1 MiB more would be; a reset is worth it when less than "
        "8 MiB or 301 keys are free, now it is 97 MiB and 15000");
}

TEST_CASE("a prune fails if a script did, and each that needs attention has its line") {
  CHECK_FALSE(cli::failure(report_of({outcome::forgotten, outcome::kept, outcome::preloaded})));
  CHECK(cli::failure(report_of({outcome::forgotten, outcome::failed}))->message() ==
        "1 of 2 scripts could not be forgotten");
  CHECK(cli::remarks(report_of({outcome::forgotten, outcome::kept})) ==
        std::vector<std::string>{"/a.php is gone, and this PHP keeps its script all the same, until a reset"});
}

TEST_CASE("a prune as JSON has every key, also when there is nothing") {
  std::string text;
  report::json_writer writer([&text](std::string_view part) { text += part; });
  cli::write_json(writer, {}, true);
  writer.flush();
  auto const json = nlohmann::json::parse(text);
  for (auto const* key : {"dry_run", "forgotten", "found", "kept", "preloaded", "failed", "keep", "dead", "left_alone",
                          "gone", "memory_consumption", "wasted_memory", "free_memory", "needed_memory", "free_keys",
                          "needed_keys", "reset_pays", "restarted", "scripts"}) {
    CAPTURE(key);
    CHECK(json.contains(key));
  }
}
