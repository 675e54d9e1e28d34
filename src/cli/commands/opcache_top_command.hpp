#pragma once

namespace cachetool::cli {

class context;
enum class exit_code : int;

exit_code opcache_top(context& with);

}  // namespace cachetool::cli
