#pragma once

namespace cachetool::cli {

class context;
enum class exit_code : int;

exit_code deploy_finish(context& with);
exit_code deploy_switch(context& with);
exit_code deploy_warm(context& with);

}  // namespace cachetool::cli
