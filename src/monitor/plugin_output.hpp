#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What a monitoring plugin prints. Source: Monitoring Plugins Development Guidelines, "Plugin Output for Nagios".
namespace cachetool::monitor {

/// Its number is the exit code.
enum class state : std::uint8_t { ok = 0, warning = 1, critical = 2, unknown = 3 };

/// The worse of both: what is critical is worse than a warning, and that is worse than what nobody can tell.
state worse(state one, state other) noexcept;

/// "OK", "WARNING", "CRITICAL", "UNKNOWN"
std::string_view name(state how) noexcept;

/// One figure: 'label'=value[UOM];warn;crit;min;max
struct figure {
  std::string label;
  double value = 0;
  std::string_view unit;  ///< "", "s", "%", "B", "c"
  std::string warning;    ///< a range; may be empty
  std::string critical;
  std::optional<double> lowest;
  std::optional<double> highest;
};

/// Something that is not as it should be.
struct alert {
  state how = state::ok;
  std::string message;
  std::string hint;  ///< what to do; may be empty
};

/// What was found at one php-fpm, or one pool.
struct target_result {
  std::string label;
  std::string summary;  ///< for when all is well
  std::vector<alert> alerts;
  std::vector<figure> figures;
  std::vector<std::string> remarks;  ///< for the lines below
};

state worst(target_result const& of) noexcept;
state worst(std::vector<target_result> const& all) noexcept;

/// The text, with line breaks. The first line has the service, the state, the worst alert (the one that was found
/// first, of equals) and the figures; labels begin with the target's if there are several. Below it stands one line for
/// each alert with what to do, and one for each target where all is well if there are several.
std::string plugin_text(std::string_view service, std::vector<target_result> const& all);

/// The line for a check that did not begin: "OPCACHE UNKNOWN - message".
std::string unknown_line(std::string_view service, std::string_view message);

}  // namespace cachetool::monitor
