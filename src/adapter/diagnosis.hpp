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

/// Says why php-fpm did not run the agent at `path`: what its answer says, in one sentence, and what to do about it.
/// For an answer in which the agent never began. `labels` are those that SELinux enforces; they matter if the modes
/// would let php-fpm read the file.
error diagnose(fastcgi::response const& response, agent::answer_reader const& reader, std::string const& path,
               std::optional<fpm::security_labels> const& labels = std::nullopt);

/// The directories that open_basedir allows, from PHP's warning; empty if there is no such warning.
std::vector<std::string> allowed_directories(std::string_view stderr_text);

/// The directories in a value of open_basedir.
std::vector<std::string> directories_in(std::string_view open_basedir);

/// True for a failure that another place for the agent may cure.
bool is_about_the_place(error_kind kind) noexcept;

}  // namespace cachetool::adapter
