#pragma once

namespace cachetool::cli {

class context;
enum class exit_code : int;

exit_code opcache_configuration(context& with);
exit_code opcache_status(context& with);
exit_code opcache_status_scripts(context& with);

}  // namespace cachetool::cli
