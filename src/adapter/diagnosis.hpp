#pragma once

#include <string>

#include <cachetool/fastcgi/error.hpp>
#include <cachetool/fastcgi/response.hpp>

#include "agent/agent.hpp"

namespace cachetool::adapter {

/// Why php-fpm did not run the agent at PATH: what its answer says, in one sentence, and what to do about it. For an
/// answer in which the agent never began.
error diagnose(fastcgi::response const& response, agent::answer_reader const& reader, std::string const& path);

/// True for a failure that another place for the agent may cure.
bool is_about_the_place(error_kind kind) noexcept;

}  // namespace cachetool::adapter
