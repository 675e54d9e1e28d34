#pragma once

namespace cachetool::cli {

class context;
enum class exit_code : int;

exit_code apcu_cache_clear(context& with);
exit_code apcu_cache_info(context& with);
exit_code apcu_cache_info_keys(context& with);
exit_code apcu_key_delete(context& with);
exit_code apcu_key_exists(context& with);
exit_code apcu_key_fetch(context& with);
exit_code apcu_key_store(context& with);
exit_code apcu_regexp_delete(context& with);
exit_code apcu_sma_info(context& with);

}  // namespace cachetool::cli
