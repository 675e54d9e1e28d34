#pragma once

namespace cachetool::cli {

class context;
enum class exit_code : int;

exit_code run_doctor(context& with);

}  // namespace cachetool::cli
