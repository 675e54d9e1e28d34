// The level names are those that CacheTool's users look for: -v shows NOTICE, -vv INFO, -vvv DEBUG.
#define SPDLOG_LEVEL_NAMES \
  { "DEBUG", "DEBUG", "INFO", "NOTICE", "ERROR", "CRITICAL", "OFF" }
#include "cli/output/log.hpp"

#include <spdlog/details/null_mutex.h>
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>

#include "cli/output/console.hpp"
#include "report/json.hpp"
#include "report/value_text.hpp"

namespace cachetool::cli {
namespace {

// Without -v: only what deserves a warning.
class quiet_log : public agent::observer {
 public:
  explicit quiet_log(console& talk) : talk_(talk) {}
  void named_place_failed(error const& why) override { talk_.warning(why.message() + "; trying other places"); }

 private:
  console& talk_;
};

/// Passes lines to the console, which does all writing.
class console_sink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit console_sink(console& talk) : talk_(talk) {}

 private:
  void sink_it_(spdlog::details::log_msg const& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    std::string_view text(line.data(), line.size());
    if (text.ends_with('\n')) text.remove_suffix(1);
    talk_.log_line(text);
  }
  void flush_() override {}

  console& talk_;
};

class verbose_log final : public quiet_log {
 public:
  verbose_log(int verbosity, console& talk)
      : quiet_log(talk), logger_("cachetool", std::make_shared<console_sink>(talk)) {
    logger_.set_formatter(std::make_unique<spdlog::pattern_formatter>("[%Y-%m-%dT%H:%M:%S.%f+00:00] cachetool.%l: %v",
                                                                      spdlog::pattern_time_type::utc));
    logger_.set_level(verbosity >= 3   ? spdlog::level::debug
                      : verbosity == 2 ? spdlog::level::info
                                       : spdlog::level::warn);
  }

  void running(agent::call const& what, std::string_view endpoint, std::string_view agent_path) override {
    say(spdlog::level::warn, "Executing: " + what.operation + " on " + std::string(endpoint));
    say(spdlog::level::info, "Agent: " + std::string(agent_path));
  }

  void answered(agent::answer const& what) override {
    for (agent::note const& note : what.notes) {
      say(spdlog::level::warn, "PHP raised: " + agent::describe(note));
    }
    say(spdlog::level::warn, "Answered by PHP " + what.php_version + ", worker " + std::to_string(what.pid) +
                                 (what.pool.empty() ? "" : ", pool " + what.pool));
    if (!logger_.should_log(spdlog::level::debug)) return;
    std::string json;
    report::json_writer writer([&json](std::string_view text) { json += text; });
    writer.begin_object().key("result").value(what.result).end_object();
    writer.flush();
    say(spdlog::level::debug, "Return result: " + json);
  }

  void place_failed(error const& why) override { say(spdlog::level::info, "Next place: " + why.message()); }

  void retrying(error const& why, std::chrono::milliseconds pause) override {
    say(spdlog::level::warn, "Trying again in " + std::to_string(pause.count()) + " ms: " + why.message());
  }

  void said(std::string_view stderr_text) override {
    say(spdlog::level::warn, "php-fpm says: " + std::string(stderr_text));
  }

 private:
  void say(spdlog::level::level_enum level, std::string const& text) { logger_.log(level, text); }

  spdlog::logger logger_;
};

}  // namespace

std::unique_ptr<agent::observer> make_log(int verbosity, console& talk) {
  if (verbosity > 0) return std::make_unique<verbose_log>(verbosity, talk);
  return std::make_unique<quiet_log>(talk);
}

}  // namespace cachetool::cli
