#pragma once

namespace cachetool::cli {

class context;
enum class exit_code : int;

exit_code php_eval(context& with);

}  // namespace cachetool::cli
