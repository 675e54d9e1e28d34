#pragma once

#include <optional>
#include <string>
#include <string_view>

/// What PHP and php-fpm themselves say, recognised: the one place that knows their words, which are those of 7.2
/// to 8.5. TEXT is what they wrote to STDERR or the log, BODY what they sent as a page.
namespace cachetool::php_messages {

/// "Allowed memory size of 134217728 bytes exhausted" (php-src Zend/zend_alloc.c)
bool is_out_of_memory(std::string_view text) noexcept;

/// The function of the agent's namespace that TEXT calls undefined, which a function of PHP is that disable_functions
/// names: "scandir"; nothing if it does not (Zend/zend_execute.c). At most 64 bytes.
std::optional<std::string> undefined_function(std::string_view text);

/// "open_basedir restriction in effect" (main/fopen_wrappers.c)
bool is_about_open_basedir(std::string_view text) noexcept;

/// What stands in the parentheses of "it is not within the allowed path(s): (...)"; empty if TEXT does not say that.
std::string_view allowed_paths(std::string_view text) noexcept;

/// "failed to open stream: No such file or directory"
bool is_about_a_missing_file(std::string_view text) noexcept;

/// "Access to the script '...' has been denied (see security.limit_extensions)" (sapi/fpm/fpm/fpm_main.c)
bool is_about_limit_extensions(std::string_view text) noexcept;

/// The pages that php-fpm sends instead of a script's.
bool is_file_not_found_page(std::string_view body) noexcept;
bool is_no_input_page(std::string_view body) noexcept;  ///< open_basedir, or a file that is missing below doc_root
bool is_access_denied_page(std::string_view body) noexcept;

/// True if FILE, as PHP names it in a message, is code that was given to eval().
bool is_evaluated_code(std::string_view file) noexcept;

}  // namespace cachetool::php_messages
