#include "cli/commands/apcu_view.hpp"

#include <algorithm>

#include "caches/rows.hpp"
#include "report/csv.hpp"
#include "report/text.hpp"

namespace cachetool::cli {
namespace {

std::string yes_no(bool b) {
  return b ? "Yes" : "No";
}

std::string byte_text(std::int64_t count) {
  return report::bytes(static_cast<double>(count));
}

std::string number_text(std::optional<std::int64_t> number) {
  return number ? std::to_string(*number) : "";
}

void nullable(report::json_writer& json, std::string_view name, std::optional<std::int64_t> number) {
  json.key(name);
  number ? json.integer(*number) : json.null();
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
  table.add_row({"File upload progress", "No"});  // APC had it, APCu has not
  table.add_row({"Memory type", info.memory_type});
  table.add_row({"Locking type", info.locking_type.empty() ? "Not Supported" : info.locking_type});
  return table;
}

std::vector<std::string> info_columns() {
  return {"num_slots",  "ttl",      "num_hits",    "num_misses",  "num_inserts", "expunges",
          "start_time", "mem_size", "num_entries", "memory_type", "locking_type"};
}

std::vector<std::string> csv_fields(apcu::info const& info) {
  return {std::to_string(info.slots),
          std::to_string(info.ttl),
          std::to_string(info.hits),
          std::to_string(info.misses),
          std::to_string(info.inserts),
          std::to_string(info.expunges),
          number_text(info.start_time),
          std::to_string(info.memory),
          std::to_string(info.entries),
          info.memory_type,
          info.locking_type};
}

void write_json(report::json_writer& json, apcu::info const& info) {
  json.begin_object();
  json.key("num_slots").integer(info.slots);
  json.key("ttl").integer(info.ttl);
  json.key("num_hits").integer(info.hits);
  json.key("num_misses").integer(info.misses);
  json.key("num_inserts").integer(info.inserts);
  json.key("expunges").integer(info.expunges);
  nullable(json, "start_time", info.start_time);
  json.key("mem_size").integer(info.memory);
  json.key("num_entries").integer(info.entries);
  json.key("memory_type").string(info.memory_type);
  json.key("locking_type");
  info.locking_type.empty() ? json.null() : json.string(info.locking_type);
  json.end_object();
}

std::vector<std::string> memory_columns() {
  return {"num_seg", "seg_size", "avail_mem"};
}

std::vector<std::string> csv_fields(apcu::memory const& memory) {
  return {std::to_string(memory.segments), std::to_string(memory.segment_size), std::to_string(memory.available)};
}

void write_json(report::json_writer& json, apcu::memory const& memory) {
  json.begin_object();
  json.key("num_seg").integer(memory.segments);
  json.key("seg_size").integer(memory.segment_size);
  json.key("avail_mem").integer(memory.available).end_object();
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
  // A time that is not known is not zero either.
  rows.add_row({report::grouped(key.hits), yes_no(key.accessed != 0), yes_no(key.deleted != 0), byte_text(key.memory),
                std::string(key.name)});
}

std::vector<std::string> keys_columns() {
  return {"num_hits", "access_time", "creation_time", "mtime", "deletion_time", "ttl", "ref_count", "mem_size", "info"};
}

std::vector<std::string> csv_fields(apcu::key const& key) {
  return {std::to_string(key.hits),       number_text(key.accessed),  number_text(key.created),
          number_text(key.modified),      number_text(key.deleted),   std::to_string(key.ttl),
          std::to_string(key.references), std::to_string(key.memory), std::string(key.name)};
}

void write_json(report::json_writer& json, apcu::key const& key) {
  json.begin_object();
  json.key("info").string(key.name);
  json.key("num_hits").integer(key.hits);
  nullable(json, "access_time", key.accessed);
  nullable(json, "creation_time", key.created);
  nullable(json, "mtime", key.modified);
  nullable(json, "deletion_time", key.deleted);
  json.key("ttl").integer(key.ttl);
  json.key("ref_count").integer(key.references);
  json.key("mem_size").integer(key.memory).end_object();
}

std::string clear_text(apcu::clear_report const& report) {
  if (!report.entries) return "APCu cleared";
  std::string const entries = std::to_string(*report.entries) + (*report.entries == 1 ? " entry" : " entries");
  return "APCu cleared, " + entries + (report.left > 0 ? ", " + std::to_string(report.left) + " stored since" : "");
}

std::vector<std::string> clear_columns() {
  return {"pool", "entries", "left"};
}

std::vector<std::string> csv_fields(apcu::clear_report const& report, origin const& from) {
  return {from.pool, report.entries ? std::to_string(*report.entries) : "", std::to_string(report.left)};
}

void write_json(report::json_writer& json, apcu::clear_report const& report) {
  json.begin_object();
  json.key("entries");
  report.entries ? json.integer(*report.entries) : json.null();
  json.key("left").integer(report.left).end_object();
}

std::string value_text(apcu::fetched const& what) {
  return what.exported.empty() ? report::var_export(what.value) : report::modern_var_export(what.exported);
}

std::string to_pcre(std::string const& given) {
  std::size_t const last = given.rfind('/');
  bool const delimited = given.size() > 1 && given.front() == '/' && last > 0 &&
                         std::all_of(given.begin() + static_cast<std::ptrdiff_t>(last) + 1, given.end(), is_letter);
  if (delimited) return last == 1 ? "" : given;
  // A delimiter that stands in no pattern; brackets would have to be balanced inside.
  return given.empty() ? "" : "\x01" + given + "\x01";
}

}  // namespace cachetool::cli
