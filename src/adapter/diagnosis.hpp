#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <cachetool/error.hpp>
#include <cachetool/fastcgi/response.hpp>

#include "agent/agent.hpp"
#include "fpm/selinux.hpp"

namespace cachetool::adapter {

/// Why php-fpm did not run the agent at PATH: what its answer says, in one sentence, and what to do about it. For an
/// answer in which the agent never began. LABELS are those that SELinux enforces, which matter where the modes would
/// let php-fpm read.
error diagnose(fastcgi::response const& response, agent::answer_reader const& reader, std::string const& path,
               std::optional<fpm::security_labels> const& labels = std::nullopt);

/// The directories that open_basedir allows, as PHP names them in its warning; none if there is no such warning.
std::vector<std::string> allowed_directories(std::string_view stderr_text);

/// The directories that a value of open_basedir names.
std::vector<std::string> directories_in(std::string_view open_basedir);

/// True for a failure that another place for the agent may cure.
bool is_about_the_place(error_kind kind) noexcept;

}  // namespace cachetool::adapter
