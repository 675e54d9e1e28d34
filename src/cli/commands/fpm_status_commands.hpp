#pragma once

namespace cachetool::cli {

class context;
enum class exit_code : int;

exit_code fpm_status(context& with);
exit_code fpm_workers(context& with);

}  // namespace cachetool::cli
