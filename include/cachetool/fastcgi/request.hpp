#pragma once

/// What you send. For php-fpm's responder these parameters are enough to run a script:
///
///     cachetool::fastcgi::request post;
///     post.params = {{"SCRIPT_FILENAME", "/srv/www/form.php"},  // as php-fpm sees it
///                    {"REQUEST_METHOD", "POST"},
///                    {"CONTENT_TYPE", "application/x-www-form-urlencoded"}};
///     post.body = "name=value";

#include <string>
#include <utility>
#include <vector>

#include <cachetool/fastcgi/protocol.hpp>

namespace cachetool::fastcgi {

/// What one FastCGI request asks. Plain data that owns its memory; calls only read it, so you may send it again.
struct request {
  /// The PARAMS stream, in this order: the CGI variables of RFC 3875, and whatever php-fpm is to put into $_SERVER.
  /// The encoder adds CONTENT_LENGTH from `body`; do not add it. Any bytes may stand in a name or a value, but
  /// both together have to fit into one record of 65,535 bytes: send what is longer in the body.
  std::vector<std::pair<std::string, std::string>> params{};

  /// What the script reads from php://input. Any size.
  std::string body{};

  /// php-fpm runs scripts as a responder; other applications may have other roles (specification, section 6).
  role wanted = role::responder;

  /// True: the connection stays open for another request, and php-fpm keeps the worker for it until you close it.
  bool keep_connection = false;
};

/// Returns the whole request as bytes: BEGIN_REQUEST, PARAMS, STDIN (specification, section 5). connection::execute()
/// does this for you. `request_id` is 1 or above; php-fpm returns it with each record of its answer. Throws error
/// (usage) if a parameter is too long for a record.
std::string encode(request const& what, std::uint16_t request_id);

}  // namespace cachetool::fastcgi
