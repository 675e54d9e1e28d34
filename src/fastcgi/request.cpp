#include <cachetool/fastcgi/request.hpp>

namespace cachetool::fastcgi {

std::string encode(request const& what, std::uint16_t request_id) {
  std::string out;
  append_begin_request(out, request_id, what.wanted, what.keep_connection);

  params_writer params(out, request_id);
  for (auto const& [name, value] : what.params) params.add(name, value);
  // Without it php-fpm gives the script an empty php://input; if it is too large, php-fpm waits for ever.
  params.add("CONTENT_LENGTH", std::to_string(what.body.size()));
  params.finish();

  append_stream(out, record_type::stdin_stream, request_id, what.body);
  append_stream_end(out, record_type::stdin_stream, request_id);
  return out;
}

}  // namespace cachetool::fastcgi
