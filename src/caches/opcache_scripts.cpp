#include "caches/opcache.hpp"
#include "caches/opcache_answer.hpp"
#include "caches/rows.hpp"

namespace cachetool::opcache {
namespace {

void pass_scripts(std::string_view rows, std::function<void(script const&)> const& each, caches::row_counter& counter) {
  while (!rows.empty()) {
    counter.count();
    std::int64_t numbers[4];
    std::string_view const path = caches::take_row(rows, numbers);
    script out{numbers[0], numbers[1], numbers[2], std::nullopt, path};
    if (numbers[3] >= 0) out.timestamp = numbers[3];
    each(out);
  }
}

char const* sort_name(script_query::order by) {
  switch (by) {
    case script_query::order::by_path:
      return "path";
    case script_query::order::by_hits:
      return "hits";
    case script_query::order::by_memory:
      return "memory";
    case script_query::order::by_last_use:
      return "last-used";
    case script_query::order::as_cached:
      break;
  }
  return "";
}

}  // namespace

status read_scripts(adapter::adapter& php, script_query const& query, std::function<void(script const&)> const& each) {
  agent::call call = ask("opcache.scripts");
  php::array arguments;
  if (!query.exclude.empty()) arguments.entries.push_back({std::string("exclude"), query.exclude});
  if (query.sort != script_query::order::as_cached) {
    arguments.entries.push_back({std::string("sort"), sort_name(query.sort)});
  }
  if (query.limit) arguments.entries.push_back({std::string("limit"), *query.limit});
  // Without a body the request asks less of the pool: file_get_contents() may be disabled there.
  if (!arguments.entries.empty()) call.arguments = std::move(arguments);
  caches::row_counter counter;
  call.rows = [&](std::string_view rows) { pass_scripts(rows, each, counter); };
  agent::answer const answer = php.run(call);
  require_listing(answer);
  return to_status(answer);
}

invalidate_report invalidate(adapter::adapter& php, invalidate_query const& query) {
  invalidate_report report;
  agent::call call = ask("opcache.invalidate");
  bool const by_directory = !query.directory.empty();
  call.arguments =
      php::array{{{std::string(by_directory ? "directory" : "pattern"), by_directory ? query.directory : query.pattern},
                  {std::string("force"), query.force},
                  {std::string("dry_run"), query.dry_run}}};
  caches::row_counter counter;
  call.rows = [&](std::string_view rows) {
    while (!rows.empty()) {
      std::int64_t numbers[2];
      std::string_view const path = caches::take_row(rows, numbers);
      counter.count(path);
      report.scripts.push_back({std::string(path), numbers[0] != 0, numbers[1] != 0});
    }
  };
  agent::answer const answer = php.run(call);
  require_listing(answer);
  report.from = from(answer);
  report.frozen = answer.result["frozen"].as_string();
  report.preloaded = answer.result["preloaded"].as_int();
  return report;
}

}  // namespace cachetool::opcache
