#include "caches/apcu.hpp"

#include "caches/ask.hpp"
#include "caches/rows.hpp"

namespace cachetool::apcu {
namespace {

using caches::ask;
using caches::from;

std::optional<std::int64_t> known(std::int64_t time) {
  return time < 0 ? std::nullopt : std::optional(time);
}

// One row: "hits memory accessed created modified deleted ttl references length key\n". Returns the rows after it.
std::string_view read_row(std::string_view rows, key& out) {
  std::int64_t numbers[8];
  std::string_view const name = caches::take_row(rows, numbers);
  out = {numbers[0], numbers[1], known(numbers[2]), known(numbers[3]), known(numbers[4]), known(numbers[5]), numbers[6],
         numbers[7], name};
  return rows;
}

// apcu_clear_cache() always returns true. Proof is a smaller number of entries, or a new start time.
bool was_cleared(php::value const& result) {
  php::value const& before = result["before"];
  php::value const& after = result["after"];
  return before["num_entries"].as_int() == 0 || after["num_entries"].as_int() < before["num_entries"].as_int() ||
         after["start_time"].as_int() != before["start_time"].as_int();
}

}  // namespace

info to_info(agent::answer const& answer) {
  php::value const& v = answer.result;
  info out;
  out.from = from(answer);
  out.slots = v["num_slots"].as_int();
  out.ttl = v["ttl"].as_int();
  out.hits = v["num_hits"].as_int();
  out.misses = v["num_misses"].as_int();
  out.inserts = v["num_inserts"].as_int();
  out.expunges = v["expunges"].as_int();
  out.entries = v["num_entries"].as_int();
  out.memory = v["mem_size"].as_int();
  if (!v["start_time"].is_null()) out.start_time = v["start_time"].as_int();
  out.memory_type = v["memory_type"].as_string();
  out.locking_type = v["locking_type"].as_string();
  return out;
}

memory to_memory(agent::answer const& answer) {
  php::value const& v = answer.result;
  return {from(answer), v["num_seg"].as_int(), v["seg_size"].as_int(), v["avail_mem"].as_int()};
}

info read_info(adapter::adapter& php) {
  return to_info(php.run(ask("apcu.info")));
}

memory read_memory(adapter::adapter& php) {
  return to_memory(php.run(ask("apcu.memory")));
}

origin read_keys(adapter::adapter& php, std::function<void(key const&)> const& each) {
  agent::call call = ask("apcu.keys");
  call.rows = [&each](std::string_view rows) {
    for (key row; !rows.empty();) {
      rows = read_row(rows, row);
      each(row);
    }
  };
  return from(php.run(call));
}

clear_report clear(adapter::adapter& php) {
  agent::answer const answer = php.run(ask("apcu.clear"));
  php::value const& result = answer.result;
  if (result["before"].is_null()) return {from(answer), std::nullopt, 0};
  if (!was_cleared(result)) {
    throw error(error_kind::php_error, "APCu was not cleared: its entries are still there").during(phase::answer);
  }
  return {from(answer), result["before"]["num_entries"].as_int(), result["after"]["num_entries"].as_int()};
}

key_report exists(adapter::adapter& php, std::string_view key) {
  agent::answer const answer = php.run(ask("apcu.exists", {{"key", key}}));
  return {from(answer), answer.result.as_bool()};
}

fetched fetch(adapter::adapter& php, std::string_view key) {
  agent::answer const answer = php.run(ask("apcu.fetch", {{"key", key}}));
  php::value const& result = answer.result;
  return {from(answer), result["found"].as_bool(), result["value"], std::string(result["export"].as_string())};
}

key_report store(adapter::adapter& php, std::string_view key, php::value const& value, std::chrono::seconds ttl) {
  agent::call call = ask("apcu.store", {{"key", key}, {"value", value}, {"ttl", std::int64_t{ttl.count()}}});
  call.idempotent = false;
  agent::answer const answer = php.run(call);
  if (!answer.result.as_bool()) {
    std::string const why = answer.notes.empty() ? "" : ": " + answer.notes.back().message;
    throw error(error_kind::php_error, "APCu did not store the value" + why)
        .advise("is there room? see cachetool apcu:sma:info, and apc.shm_size")
        .during(phase::answer);
  }
  return {from(answer), true};
}

key_report remove(adapter::adapter& php, std::string_view key) {
  agent::answer const answer = php.run(ask("apcu.delete", {{"key", key}}));
  return {from(answer), answer.result.as_bool()};
}

delete_report remove_matching(adapter::adapter& php, matching const& which,
                              std::function<void(std::string_view key)> const& each) {
  agent::call call = ask("apcu.delete_matching", {{"pattern", which.pattern}, {"dry_run", which.dry_run}});
  call.rows = [&each](std::string_view rows) {
    while (!rows.empty()) each(caches::take_row(rows, {}));
  };
  agent::answer const answer = php.run(call);
  return {from(answer), answer.result.as_int()};
}

}  // namespace cachetool::apcu
