#pragma once

namespace cachetool::cli {

class context;
enum class exit_code : int;

exit_code opcache_compile_script(context& with);
exit_code opcache_compile_scripts(context& with);
exit_code opcache_invalidate_scripts(context& with);
exit_code opcache_reset_file_cache(context& with);

}  // namespace cachetool::cli
