#pragma once

namespace cachetool::cli {

class context;
enum class exit_code : int;

/// metrics
exit_code show_metrics(context& with);

}  // namespace cachetool::cli
