#include "cli/commands/opcache_report_sections.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "report/charts.hpp"
#include "report/value_text.hpp"

namespace cachetool::cli {
namespace {

using report::html;

html figure_tile(std::string_view heading, html const& big, html const& picture, std::string_view meaning) {
  return page_text::tile(
      heading, page_text::paragraph("big", big) + picture + page_text::paragraph("meaning", html::text(meaning)));
}

html big_text(std::string_view figure, std::string_view rest) {
  return html::text(figure) + html::markup(" <small>") + html::text(rest) + html::markup("</small>");
}

report::bar_part memory_part(std::string_view kind, std::string_view name, std::int64_t amount) {
  return {kind, name, static_cast<double>(amount), report::bytes(static_cast<double>(amount))};
}

report::bar_part counted_part(std::string_view kind, std::string_view name, std::int64_t amount) {
  return {kind, name, static_cast<double>(amount), report::grouped(amount)};
}

std::string share_of(std::int64_t of, std::int64_t rest) {
  return report::percent_text(static_cast<double>(of), static_cast<double>(of) + static_cast<double>(rest));
}

html memory_tile(opcache::memory_usage const& memory) {
  std::array const parts{memory_part("used", "scripts and strings", memory.used),
                         memory_part("wasted", "wasted", memory.wasted), memory_part("free", "free", memory.free)};
  std::int64_t const whole = memory.used + memory.wasted + memory.free;
  return figure_tile(
      "Memory",
      big_text(share_of(memory.used + memory.wasted, memory.free),
               "of " + report::bytes(static_cast<double>(whole)) + " taken"),
      report::bar_chart("Memory", parts),
      "Compiled scripts lie in this memory. Once it is full, PHP compiles every further script on each request. "
      "What is wasted held older versions of scripts: only a reset gives it back.");
}

html hits_tile(opcache::statistics const& counts) {
  std::array const parts{counted_part("used", "hits", counts.hits), counted_part("wasted", "misses", counts.misses)};
  return figure_tile(
      "Hit rate", big_text(share_of(counts.hits, counts.misses), "found compiled"),
      report::bar_chart("Hits and misses", parts),
      "How often PHP needed a script and had it compiled already, since the cache was last emptied. The rate is "
      "low after a reset, and climbs. Above 99 % is usual.");
}

html keys_tile(opcache::statistics const& counts) {
  std::int64_t const free = std::max<std::int64_t>(counts.max_keys - counts.keys, 0);
  std::array const parts{counted_part("used", "used", counts.keys), counted_part("free", "free", free)};
  return figure_tile(
      "Names", big_text(share_of(counts.keys, free), "of " + report::grouped(counts.max_keys) + " used"),
      report::bar_chart("Names", parts),
      "OPcache finds its " + base::counted(counts.scripts, "script") +
          " by name. One that is also reached by a link has several names. When none is free, no more scripts "
          "are cached.");
}

html strings_tile(opcache::interned_strings const& strings) {
  std::array const parts{memory_part("used", "used", strings.used), memory_part("free", "free", strings.free)};
  return figure_tile(
      "Shared strings",
      big_text(share_of(strings.used, strings.free),
               "of " + report::bytes(static_cast<double>(strings.buffer_size)) + " taken"),
      report::bar_chart("Buffer of shared strings", parts),
      "Names of classes and other texts that many scripts use are kept once. When this buffer is full, each "
      "script keeps its own copy, which takes memory and time.");
}

html jit_tile(php::value const& jit) {
  std::int64_t const size = jit["buffer_size"].as_int();
  if (size <= 0) return {};
  std::int64_t const free = std::clamp<std::int64_t>(jit["buffer_free"].as_int(), 0, size);
  std::array const parts{memory_part("used", "used", size - free), memory_part("free", "free", free)};
  return figure_tile("JIT",
                     big_text(share_of(size - free, free), "of " + report::bytes(static_cast<double>(size)) + " taken"),
                     report::bar_chart("Buffer of the JIT compiler", parts),
                     jit["on"].as_bool() ? "The JIT compiler is on: it makes machine code of what runs often."
                                         : "The JIT compiler has a buffer, and is off.");
}

html restarts_tile(opcache::statistics const& counts) {
  std::int64_t const all = counts.oom_restarts + counts.hash_restarts + counts.manual_restarts;
  html const causes = page_text::entry("because memory was full", page_text::number(counts.oom_restarts)) +
                      page_text::entry("because no name was free", page_text::number(counts.hash_restarts)) +
                      page_text::entry("because somebody asked", page_text::number(counts.manual_restarts));
  std::string const last =
      counts.last_restart_time == 0 ? "" : "Last on " + report::date(counts.last_restart_time) + ". ";
  return figure_tile("Emptied", big_text(report::grouped(all), all == 1 ? "time" : "times"), page_text::entries(causes),
                     last + "A cache that empties itself is too small. It counts from " +
                         report::date(counts.start_time) + " on, when php-fpm started.");
}

html unused_tile(std::vector<report::cached_file> const& scripts) {
  std::int64_t unused = 0;
  std::int64_t memory = 0;
  for (report::cached_file const& each : scripts) {
    if (each.hits > 0) continue;
    ++unused;
    memory += each.memory;
  }
  std::int64_t const used = std::ssize(scripts) - unused;
  std::array const parts{counted_part("used", "used again", used), counted_part("wasted", "never", unused)};
  return figure_tile("Scripts never used again",
                     big_text(share_of(unused, used), "of " + base::counted(std::ssize(scripts), "script")),
                     report::bar_chart("Scripts", parts),
                     "These were compiled, and not asked for since. They take " +
                         report::bytes(static_cast<double>(memory)) +
                         ". Many of them soon after a warm-up are usual; weeks later they may be left out.");
}

}  // namespace

report::html figure_tiles(reported_master const& of) {
  opcache::status const& status = of.status;
  html out;
  if (status.memory) out += memory_tile(*status.memory);
  if (status.counts) out += hits_tile(*status.counts) + keys_tile(*status.counts);
  if (status.strings) out += strings_tile(*status.strings);
  if (!of.scripts.empty()) out += unused_tile(of.scripts);
  if (status.counts) out += restarts_tile(*status.counts);
  return out + jit_tile(status.raw["jit"]);
}

}  // namespace cachetool::cli
