#pragma once

namespace cachetool::cli {

class context;
enum class exit_code : int;

exit_code fpm_list(context& with);

}  // namespace cachetool::cli
