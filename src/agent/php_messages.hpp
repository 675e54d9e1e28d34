#pragma once

#include <optional>
#include <string>
#include <string_view>

/// Recognises messages of PHP and php-fpm. Only this file knows their words, which are those of 7.2 to 8.5. `text` is
/// what they wrote to STDERR or the log, `body` what they sent as a page.
namespace cachetool::php_messages {

/// "Allowed memory size of 134217728 bytes exhausted" (php-src Zend/zend_alloc.c)
bool is_out_of_memory(std::string_view text) noexcept;

/// The function that the text calls undefined in the agent's namespace: "scandir". It is a PHP function that
/// disable_functions names (Zend/zend_execute.c). At most 64 bytes; nothing if the text is about something else.
std::optional<std::string> undefined_function(std::string_view text);

/// "open_basedir restriction in effect" (main/fopen_wrappers.c)
bool is_about_open_basedir(std::string_view text) noexcept;

/// The contents of the parentheses in "it is not within the allowed path(s): (...)"; empty if the text does not say
/// that. Points into the text.
std::string_view allowed_paths(std::string_view text) noexcept;

/// "failed to open stream: No such file or directory"
bool is_about_a_missing_file(std::string_view text) noexcept;

/// "Access to the script '...' has been denied (see security.limit_extensions)" (sapi/fpm/fpm/fpm_main.c)
bool is_about_limit_extensions(std::string_view text) noexcept;

/// The pages that php-fpm sends instead of a script's.
bool is_file_not_found_page(std::string_view body) noexcept;
bool is_no_input_page(std::string_view body) noexcept;  ///< open_basedir, or a missing file below doc_root
bool is_access_denied_page(std::string_view body) noexcept;

/// True if this file's name in a PHP message stands for code that was given to eval().
bool is_evaluated_code(std::string_view file) noexcept;

}  // namespace cachetool::php_messages
