#include "adapter/diagnosis.hpp"

#include "agent/php_messages.hpp"
#include "base/text.hpp"

#include <algorithm>

namespace cachetool::adapter {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  while (!text.empty() && (text.front() == '\n' || text.front() == '\r' || text.front() == ' ')) text.remove_prefix(1);
  return text;
}

std::string quoted_start(std::string_view text) {
  constexpr std::size_t shown = 200;
  std::string_view const start = trimmed(text);
  return "\"" + std::string(start.substr(0, shown)) + (start.size() > shown ? "..." : "") + "\"";
}

error not_found(fastcgi::response const& response, std::string_view body, std::string const& path) {
  // In a pool with a doc_root, "No input file specified." may also mean a missing file.
  bool const is_missing = php_messages::is_about_a_missing_file(response.stderr_text);
  if (php_messages::is_about_open_basedir(response.stderr_text) ||
      (php_messages::is_no_input_page(body) && !is_missing)) {
    std::string const allowed(php_messages::allowed_paths(response.stderr_text));
    return error(error_kind::open_basedir,
                 "open_basedir keeps php-fpm from " + path + (allowed.empty() ? "" : ": it allows " + allowed))
        .advise("let the agent lie inside: --tmp-dir=" +
                (allowed.empty() ? "DIR with a directory that open_basedir allows"
                                 : base::shell_word(allowed.substr(0, allowed.find(':')))));
  }
  return error(error_kind::not_visible, "php-fpm cannot see " + path)
      .advise(
          "php-fpm has another view of the file system (PrivateTmp, chroot, a container), or its user may not enter a "
          "directory on the way; name one that both can reach: --tmp-dir=DIR; where there is none, put what cachetool "
          "agent:show prints "
          "where php-fpm sees it: --agent=PATH");
}

std::string label_text(std::string const& label) {
  return label.empty() ? "unknown" : label;
}

error denied_by_selinux(fpm::security_labels const& labels, std::string const& path) {
  return error(error_kind::access_denied, "php-fpm may not read " + path +
                                              ": SELinux is enforcing, the file's label is " + label_text(labels.file) +
                                              " and the worker's context is " + label_text(labels.process))
      .advise(
          "give a directory a label that php-fpm may read: chcon -t httpd_sys_content_t DIR (to last: semanage "
          "fcontext "
          "-a -t httpd_sys_content_t DIR), and name it: --tmp-dir=DIR; ausearch -m avc shows what was denied");
}

error denied(fastcgi::response const& response, std::string const& path,
             std::optional<fpm::security_labels> const& labels) {
  if (php_messages::is_about_limit_extensions(response.stderr_text)) {
    return error(error_kind::limit_extensions, "security.limit_extensions of this pool does not allow " + path)
        .advise("let the pool run .php files: security.limit_extensions = .php");
  }
  if (labels) return denied_by_selinux(*labels, path);
  return error(error_kind::access_denied, "php-fpm may not read " + path)
      .advise("does its mode, an ACL or a mount option keep the pool's user out? name another place: --tmp-dir=DIR");
}

error unexpected(fastcgi::response const& response, std::string_view body) {
  std::string const status = std::to_string(response.status);
  if (auto missing = agent::undefined_function(response.stderr_text)) return *missing;
  if (php_messages::is_out_of_memory(response.stderr_text)) {
    return error(error_kind::memory_limit, "PHP ran out of memory_limit before the agent could start")
        .advise("raise memory_limit for this pool");
  }
  if (trimmed(body).empty() && response.status == 200) {
    return error(error_kind::protocol, "php-fpm answered with an empty page")
        .blame_on(blame::empty_answer)
        .advise(
            "an auto_prepend_file that ends the script does this, and so does an OPcache restart that a worker of "
            "another "
            "user holds up (opcache.error_log then says \"Cannot kill process\")");
  }
  return error(error_kind::protocol, "php-fpm answered with status " + status + " without running the agent" +
                                         (trimmed(body).empty() ? "" : ": " + quoted_start(body)))
      .advise(
          "does an auto_prepend_file of this pool end every script, or an output handler change what scripts print?");
}

error refusal(fastcgi::response const& response, agent::answer_reader const& reader, std::string const& path,
              std::optional<fpm::security_labels> const& labels) {
  std::string const body = reader.foreign();
  // STDERR first: with open_basedir, and an error_log that the pool's user cannot write, the status is 403.
  bool const outside = php_messages::is_about_open_basedir(response.stderr_text) && !reader.began();
  bool const missing =
      response.status == 404 && (php_messages::is_file_not_found_page(body) || php_messages::is_no_input_page(body));
  if (outside || missing) return not_found(response, body, path);
  if (response.status == 403 && php_messages::is_access_denied_page(body)) return denied(response, path, labels);
  return unexpected(response, body);
}

}  // namespace

error diagnose(fastcgi::response const& response, agent::answer_reader const& reader, std::string const& path,
               std::optional<fpm::security_labels> const& labels) {
  error const found = refusal(response, reader, path, labels);
  std::string_view const said = trimmed(response.stderr_text);
  if (said.empty() || found.kind() == error_kind::disabled) return found;
  return found.in_words(found.message() + " (php-fpm says: " + std::string(said.substr(0, 1000)) + ")", found.hint());
}

std::vector<std::string> allowed_directories(std::string_view stderr_text) {
  return directories_in(php_messages::allowed_paths(stderr_text));
}

std::vector<std::string> directories_in(std::string_view list) {
  std::vector<std::string> directories;
  for (std::size_t start = 0; start < list.size();) {
    std::size_t const end = std::min(list.find(':', start), list.size());
    if (end > start) directories.emplace_back(list.substr(start, end - start));
    start = end + 1;
  }
  return directories;
}

bool is_about_the_place(error_kind kind) noexcept {
  return kind == error_kind::not_visible || kind == error_kind::access_denied || kind == error_kind::limit_extensions ||
         kind == error_kind::open_basedir || kind == error_kind::restricted || kind == error_kind::placement;
}

}  // namespace cachetool::adapter
