#include "cli/commands/apcu_view.hpp"

#include <algorithm>

#include "caches/rows.hpp"
#include "report/csv.hpp"
#include "report/value_text.hpp"

namespace cachetool::cli {
namespace {

std::string byte_text(std::int64_t count) {
  return report::bytes(static_cast<double>(count));
}

bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

report::table info_table(apcu::info const& info) {
  report::table table({"Name", "Info"});
  table.add_row({"Slots", std::to_string(info.slots)});
  table.add_row({"TTL", std::to_string(info.ttl)});
  table.add_row({"Hits", report::grouped(info.hits)});
  table.add_row({"Misses", report::grouped(info.misses)});
  table.add_row({"Inserts", report::grouped(info.inserts)});
  table.add_row({"Expunges", report::grouped(info.expunges)});
  table.add_row({"Start time", info.start_time ? report::date(*info.start_time) : "Unknown"});
  table.add_row({"Memory size", byte_text(info.memory)});
  table.add_row({"Entries", report::grouped(info.entries)});
  table.add_row({"File upload progress", "No"});  // APC had it, APCu does not
  table.add_row({"Memory type", info.memory_type});
  table.add_row({"Locking type", info.locking_type.empty() ? "Not Supported" : info.locking_type});
  return table;
}

std::array<report::field, 11> fields(apcu::info const& info) {
  return {{{"num_slots", info.slots},
           {"ttl", info.ttl},
           {"num_hits", info.hits},
           {"num_misses", info.misses},
           {"num_inserts", info.inserts},
           {"expunges", info.expunges},
           {"start_time", report::maybe(info.start_time)},
           {"mem_size", info.memory},
           {"num_entries", info.entries},
           {"memory_type", std::string_view(info.memory_type)},
           {"locking_type", report::unless_empty(info.locking_type)}}};
}

std::array<report::field, 3> fields(apcu::memory const& memory) {
  return {{{"num_seg", memory.segments}, {"seg_size", memory.segment_size}, {"avail_mem", memory.available}}};
}

std::array<report::field, 9> fields(apcu::key const& key) {
  return {{{"num_hits", key.hits},
           {"access_time", report::maybe(key.accessed)},
           {"creation_time", report::maybe(key.created)},
           {"mtime", report::maybe(key.modified)},
           {"deletion_time", report::maybe(key.deleted)},
           {"ttl", key.ttl},
           {"ref_count", key.references},
           {"mem_size", key.memory},
           {"info", key.name}}};
}

std::array<report::field, 2> fields(apcu::clear_report const& report) {
  return {{{"entries", report::maybe(report.entries)}, {"left", report.left}}};
}

void kept_keys::count(std::string_view name) {
  constexpr std::size_t most = 1'000'000;
  text_ += name.size();
  if (++keys_ <= most && text_ <= caches::most_text) return;
  std::string const bound = keys_ > most
                                ? "there are more than " + report::grouped(most) + " keys"
                                : "the keys have more than " + std::to_string(caches::most_text >> 20) + " MiB of text";
  throw error(error_kind::usage, bound + ", too many to be shown at once")
      .advise("--format=csv and --format=json show them as they come");
}

report::table keys_table() {
  return report::table({"Hits", "Accessed", "Deleted", "Memory size", "Key"});
}

void add_row(report::table& rows, apcu::key const& key) {
  // An unknown time is not zero either.
  rows.add_row({report::grouped(key.hits), report::yes_no(key.accessed != 0), report::yes_no(key.deleted != 0),
                byte_text(key.memory), std::string(key.name)});
}

std::string clear_text(apcu::clear_report const& report) {
  if (!report.entries) return "APCu cleared";
  std::string const entries = std::to_string(*report.entries) + (*report.entries == 1 ? " entry" : " entries");
  return "APCu cleared, " + entries + (report.left > 0 ? ", " + std::to_string(report.left) + " stored since" : "");
}

std::string value_text(apcu::fetched const& what) {
  return what.exported.empty() ? report::var_export(what.value) : report::modern_var_export(what.exported);
}

std::string to_pcre(std::string const& given) {
  std::size_t const last = given.rfind('/');
  bool const delimited = given.size() > 1 && given.front() == '/' && last > 0 &&
                         std::all_of(given.begin() + static_cast<std::ptrdiff_t>(last) + 1, given.end(), is_letter);
  if (delimited) return last == 1 ? "" : given;
  // A delimiter that no pattern contains; brackets would have to be balanced inside.
  return given.empty() ? "" : "\x01" + given + "\x01";
}

}  // namespace cachetool::cli
