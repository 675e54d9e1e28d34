#include <charconv>

#include "caches/apcu.hpp"
#include "cli/commands/apcu_commands.hpp"
#include "cli/commands/apcu_view.hpp"
#include "cli/targets/targets.hpp"
#include "report/value_text.hpp"

namespace cachetool::cli {
namespace {

bool is_verbose(context const& with) {
  return verbosity(with.given, with.env) > 0;
}

error no_such_key(std::string const& key) {
  return error(error_kind::not_found, "there is no key \"" + key + "\"");
}

std::chrono::seconds read_ttl(std::string const& text) {
  std::int64_t seconds = -1;
  char const* const end = text.data() + text.size();
  auto const parsed = std::from_chars(text.data(), end, seconds);
  if (parsed.ec != std::errc() || parsed.ptr != end || seconds < 0) {
    throw error(error_kind::usage, "the ttl \"" + text + "\" is not a number of seconds").advise("0 means: for ever");
  }
  return std::chrono::seconds(seconds);
}

void show(target_output& out, std::string const& key, apcu::fetched const& what) {
  report::field const record[] = {{"key", std::string_view(key)}, {"value", &what.value}};
  out.show(what.from, record, [&] { out.message(what.from, {"APCu key=", key, " has value=", value_text(what)}); });
}

// The pattern as PHP takes it. To delete everything, the user has to say so.
std::string read_pattern(context const& with) {
  std::string pattern = to_pcre(with.line.arguments.front());
  if (pattern.empty() && with.given.flag("force") == 0 && with.given.flag("dry-run") == 0) {
    throw error(error_kind::usage, "an empty pattern would delete every key")
        .advise("use apcu:cache:clear, or --force if that is what you mean");
  }
  return pattern;
}

void delete_as_json(adapter::adapter& php, apcu::matching const& which, target_output& out) {
  report::json_writer& json = *out.json();
  out.begin_streamed_result();
  json.begin_object().key("dry_run").boolean(which.dry_run).key("keys").begin_array();
  apcu::delete_report const report =
      apcu::remove_matching(php, which, [&json](std::string_view key) { json.string(key); });
  json.end_array().end_object();
  out.end_streamed_result(report.from);
}

apcu::delete_report delete_as_text(adapter::adapter& php, apcu::matching const& which, target_output& out) {
  std::vector<std::string> keys;
  kept_keys kept;
  apcu::delete_report const report = apcu::remove_matching(php, which, [&](std::string_view key) {
    if (!which.dry_run) return;
    kept.count(key);
    keys.emplace_back(key);
  });
  if (which.dry_run) out.heading(report.from);
  for (std::string const& key : keys) out.streams().line(key);
  return report;
}

}  // namespace

exit_code apcu_key_exists(context& with) {
  std::string const& key = with.line.arguments.front();
  return for_each_target(with, {{"key", "exists"}}, [&key](adapter::adapter& php, target_output& out) {
    apcu::key_report const report = apcu::exists(php, key);
    report::field const record[] = {{"key", std::string_view(key)}, {"exists", report.done}};
    out.show(report.from, record, [&] {
      out.message(report.from, {"APCu key=", key, report.done ? " exists" : " does not exist."});
    });
    if (!report.done) out.end_with(exit_code::refused);
  });
}

exit_code apcu_key_fetch(context& with) {
  std::string const& key = with.line.arguments.front();
  return for_each_target(with, {{"key", "value"}}, [&key](adapter::adapter& php, target_output& out) {
    apcu::fetched const what = apcu::fetch(php, key);
    if (what.found) {
      show(out, key, what);
    } else if (out.json() != nullptr || out.is_csv()) {
      throw no_such_key(key).on(php.label());
    } else {
      out.message(what.from, {"APCu key=", key, " does not exist."});
      out.end_with(exit_code::refused);
    }
  });
}

exit_code apcu_key_store(context& with) {
  auto const& arguments = with.line.arguments;
  std::chrono::seconds const ttl = read_ttl(arguments.size() > 2 ? arguments[2] : "0");
  return for_each_master(with, std::nullopt, [&](adapter::adapter& php, console&) {
    return
        [&, report = apcu::store(php, arguments[0], arguments[1], ttl)](target_output& out, std::string const& pool) {
          if (!is_verbose(with)) return;
          out.message(as_of_pool(report.from, pool),
                      {"APCu key ", arguments[0], " was stored with value=", report::var_export(arguments[1]),
                       " and ttl=", std::to_string(ttl.count())});
        };
  });
}

exit_code apcu_key_delete(context& with) {
  std::string const& key = with.line.arguments.front();
  return for_each_master(with, std::nullopt, [&](adapter::adapter& php, console&) {
    return [&, report = apcu::remove(php, key)](target_output& out, std::string const& pool) {
      if (is_verbose(with)) {
        out.message(as_of_pool(report.from, pool),
                    {"APCu key ", key, report.done ? " was deleted" : " could not be deleted."});
      }
      if (!report.done) throw no_such_key(key);
    };
  });
}

exit_code apcu_regexp_delete(context& with) {
  apcu::matching const which{read_pattern(with), with.given.flag("dry-run") > 0};
  std::string const& given = with.line.arguments.front();
  return for_each_target(with, {{"key"}}, [&](adapter::adapter& php, target_output& out) {
    if (out.json() != nullptr) return delete_as_json(php, which, out);
    if (out.is_csv()) {
      apcu::remove_matching(php, which, [&out](std::string_view key) { out.csv_row({std::string(key)}); });
      return;
    }
    apcu::delete_report const report = delete_as_text(php, which, out);
    if (report.keys == 0) out.warning("no key matches " + given);
    if (is_verbose(with) && !which.dry_run) {
      out.message(report.from, {"APC keys by regexp ", given, " was deleted"});
    }
  });
}

}  // namespace cachetool::cli
