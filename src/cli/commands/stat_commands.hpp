#pragma once

namespace cachetool::cli {

class context;
enum class exit_code : int;

exit_code stat_clear(context& with);
exit_code stat_realpath_get(context& with);
exit_code stat_realpath_size(context& with);

}  // namespace cachetool::cli
