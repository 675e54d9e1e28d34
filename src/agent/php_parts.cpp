#include "agent/php_parts.hpp"

#include <algorithm>

#include "base/take.hpp"

namespace cachetool::agent {
namespace {

// A test compares this with the files, read by PHP's own tokenizer.
constexpr php_part all_parts[] = {
    {"agent.php",
     "array_filter array_values count error_get_last error_reporting fastcgi_finish_request"
     " file_get_contents function_exists get_class getenv getmypid hash_file http_response_code in_array"
     " ini_get ini_set is_string mb_strlen mb_substr newrelic_ignore_transaction ob_end_clean ob_end_flush"
     " ob_get_level ob_start preg_match register_shutdown_function serialize session_destroy"
     " session_status set_error_handler str_repeat strtr unserialize"},
    {"apcu.php",
     "apcu_cache_info apcu_clear_cache apcu_delete apcu_enabled apcu_exists apcu_fetch apcu_sma_info"
     " apcu_store array_column extension_loaded function_exists hrtime implode is_array is_object"
     " microtime preg_match round serialize var_export"},
    {"apcu_listing.php", "apcu_cache_info apcu_delete count preg_match"},
    {"breathe.php", "microtime usleep"},
    {"deploy.php",
     "array_diff_key array_filter array_keys array_unique array_values clearstatcache dirname function_exists"
     " is_dir is_link opcache_get_status opcache_is_script_cached realpath rtrim scandir strncmp strpos"},
    {"deploy_acquaint.php", "microtime"},
    {"deploy_move.php",
     "array_merge clearstatcache filemtime function_exists ini_get opcache_invalidate"
     " opcache_is_script_cached stat time"},
    {"deploy_remember.php", "realpath_cache_get strncmp"},
    {"deploy_worker.php", "clearstatcache realpath"},
    {"eval.php",
     "error_get_last error_reporting func_get_arg function_exists get_class is_array is_object json_encode"
     " json_last_error_msg method_exists register_shutdown_function set_error_handler var_export"},
    {"examine.php",
     "apcu_cache_info apcu_enabled apcu_sma_info array_filter array_values count dirname explode extension_loaded"
     " file file_get_contents function_exists ini_get is_array is_link is_string opcache_get_status"
     " php_ini_loaded_file php_ini_scanned_files posix_geteuid preg_match readlink realpath"
     " realpath_cache_size restore_error_handler set_error_handler strpos trim"},
    {"files.php", "dirname restore_error_handler set_error_handler stat strncmp"},
    {"follow.php", "array_diff array_merge array_shift array_values count dirname explode is_link readlink rtrim"},
    {"fpm_requests.php", "count fpm_get_status getmypid"},
    {"fpm_status.php", "array_filter array_slice fpm_get_status getmypid is_array"},
    {"how_to_compile.php",
     "array_diff array_diff_key array_flip array_merge array_shift array_values class_exists count defined"
     " explode file_get_contents function_exists in_array interface_exists is_array ltrim preg_match"
     " strpos strtolower token_get_all trait_exists trim"},
    {"look.php", ""},
    {"memory.php", "ini_get is_string strtolower"},
    {"opcache.php", "count extension_loaded function_exists ini_get opcache_get_status opcache_reset strpos"},
    {"opcache_cached.php", "opcache_get_status putenv"},
    {"opcache_compile.php",
     "array_splice array_values clearstatcache count error_clear_last error_get_last explode"
     " file_get_contents filemtime filesize flush function_exists implode in_array ini_get is_dir"
     " is_readable max microtime opcache_compile_file opcache_get_configuration opcache_get_status"
     " opcache_is_script_cached preg_match preg_quote restore_error_handler serialize set_error_handler"
     " str_replace strpos strtr time trim usleep"},
    {"opcache_file_cache.php",
     "array_diff clearstatcache error_clear_last error_get_last extension_loaded fileowner filetype"
     " function_exists ini_get is_dir is_link is_readable preg_match realpath restore_error_handler rmdir"
     " scandir serialize strrpos unlink"},
    {"opcache_file_entries.php",
     "array_diff array_map clearstatcache filemtime ini_get is_dir is_link preg_grep rtrim scandir unlink"},
    {"opcache_forget.php", "opcache_compile_file opcache_is_script_cached"},
    {"opcache_invalidate.php",
     "array_filter array_intersect array_keys clearstatcache count function_exists opcache_invalidate"
     " opcache_is_script_cached realpath rtrim sort strncmp"},
    {"opcache_listing.php", "array_filter array_keys array_slice arsort opcache_get_configuration sort"},
    {"opcache_prune.php",
     "array_filter clearstatcache function_exists opcache_invalidate opcache_is_script_cached realpath"
     " reset"},
    {"opcache_refresh.php", "clearstatcache function_exists max opcache_invalidate realpath time"},
    {"opcache_select.php",
     "abs array_diff array_filter array_flip array_map array_values basename clearstatcache dirname"
     " error_clear_last error_get_last filectime fopen ini_get max microtime opcache_is_script_cached"
     " preg_match realpath restore_error_handler set_error_handler time"},
    {"opcache_warm.php",
     "array_filter array_merge clearstatcache dirname ini_get is_dir is_link opcache_compile_file"
     " opcache_get_status opcache_invalidate opcache_is_script_cached realpath rtrim scandir stat"},
    {"pattern.php", "count preg_last_error preg_match str_replace"},
    {"pools.php", "array_keys explode file_get_contents preg_match strrpos"},
    {"site_links.php",
     "array_diff_key array_fill_keys array_keys array_merge closedir count dirname explode file_get_contents"
     " in_array ini_get is_dir is_link is_string opendir preg_match readdir readlink restore_error_handler"
     " rtrim set_error_handler stat str_replace stripcslashes strncmp strpos strrpos"},
    {"site_names.php",
     "array_filter array_flip array_keys array_map array_slice count crc32 current dirname"
     " error_clear_last get_included_files is_array key opcache_compile_file opcache_is_script_cached "
     "restore_error_handler set_error_handler"
     " strncmp strrpos"},
    {"site_place.php", "stat"},
    {"site_remembered.php", "basename count dirname realpath_cache_get rtrim time"},
    {"stat.php", "array_column clearstatcache fpm_get_status realpath_cache_get realpath_cache_size"},
};

}  // namespace

std::span<php_part const> php_parts() noexcept {
  return all_parts;
}

bool calls(php_part const& part, std::string_view function) noexcept {
  for (std::string_view left = part.functions; !left.empty();) {
    if (base::take_until(left, ' ') == function) return true;
  }
  return false;
}

std::vector<std::string_view> called_functions() {
  std::vector<std::string_view> all;
  for (php_part const& part : all_parts) {
    for (std::string_view left = part.functions; !left.empty();) all.push_back(base::take_until(left, ' '));
  }
  std::sort(all.begin(), all.end());
  all.erase(std::unique(all.begin(), all.end()), all.end());
  return all;
}

}  // namespace cachetool::agent
