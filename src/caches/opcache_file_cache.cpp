#include "caches/opcache.hpp"
#include "caches/opcache_answer.hpp"
#include "caches/rows.hpp"

namespace cachetool::opcache {
namespace {

file_cache_report::left_file read_left_file(std::string_view row) {
  auto const decoded = php::unserialize(row, {.max_values = 16});
  if (!decoded || decoded->entries().size() != 3) {
    throw error(error_kind::protocol, "the list of files that are left cannot be read");
  }
  php::value const& file = *decoded;
  file_cache_report::left_file out{std::string(file["0"].as_string()), std::nullopt,
                                   std::string(file["2"].as_string())};
  if (file["1"].kind() == php::value::type::integer) out.owner = file["1"].as_int();
  return out;
}

void require_file_cache(php::value const& found) {
  std::string const directory(found["directory"].as_string());
  if (!found["found"].as_bool()) {
    throw error(error_kind::not_found, directory.empty()
                                           ? "opcache.file_cache is not set"
                                           : "opcache.file_cache is " + directory + ", which is not a directory");
  }
  if (found["foreign"].is_string()) {
    throw error(error_kind::not_found, "opcache.file_cache is " + directory + ", which is not OPcache's alone: \"" +
                                           std::string(found["foreign"].as_string()) +
                                           "\" is in it, so nothing was deleted")
        .advise("give OPcache a directory of its own, or delete the directory there whose name is 32 hex digits");
  }
}

file_cache_report run(adapter::adapter& php, bool remove) {
  file_cache_report report;
  agent::call call = ask("opcache.file_cache");
  call.arguments = php::array{{{std::string("delete"), remove}}};
  caches::row_counter counter;
  call.rows = [&](std::string_view row) {
    counter.count(row);
    report.left.push_back(read_left_file(row));
  };
  agent::answer const answer = php.run(call);
  require_file_cache(answer.result);
  report.from = from(answer);
  report.directory = answer.result["directory"].as_string();
  report.deleted = answer.result["deleted"].as_int();
  return report;
}

}  // namespace

file_cache_report find_file_cache(adapter::adapter& php) {
  return run(php, false);
}

file_cache_report reset_file_cache(adapter::adapter& php) {
  return run(php, true);
}

}  // namespace cachetool::opcache
