#include "fastcgi/response_reader.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace cachetool::fastcgi {

namespace {

constexpr std::size_t max_stderr = std::size_t{64} << 10;
constexpr std::size_t quoted_of_answer = 40;

bool belongs_to_a_request(record_type type) {
  return type == record_type::stdout_stream || type == record_type::stderr_stream || type == record_type::end_request;
}

std::string refusal(protocol_status status) {
  switch (status) {
    case protocol_status::cant_multiplex:
      return "it cannot multiplex connections";
    case protocol_status::overloaded:
      return "it is overloaded";
    case protocol_status::unknown_role:
      return "it does not know the role";
    default:
      return "protocol status " + std::to_string(static_cast<int>(status));
  }
}

}  // namespace

response_reader::response_reader(std::string endpoint, std::uint16_t request_id, std::uint64_t max_body,
                                 body_sink const* sink)
    : endpoint_(std::move(endpoint)), request_id_(request_id), max_body_(max_body), sink_(sink) {}

void response_reader::feed(std::string_view bytes) {
  begun_ = begun_ || !bytes.empty();
  record piece{};
  while (!complete_) {
    switch (decoder_.next(bytes, piece)) {
      case decode_status::need_more:
        return;
      case decode_status::not_fastcgi:
        throw foreign(bytes);
      case decode_status::complete:
        take_record(piece);
    }
    decoded_ = true;
  }
  has_surplus_ = !bytes.empty();
}

error response_reader::failure(error_kind kind, std::string message) const {
  return error(kind, std::move(message)).during(phase::receive).on(endpoint_).may_have_run(true);
}

error response_reader::foreign(std::string_view bytes) const {
  std::string const quoted = "'" + base::printable(bytes, quoted_of_answer) + "'";
  if (decoded_)
    return failure(error_kind::protocol, "the answer holds a record that does not begin with version 1: " + quoted);
  error out =
      failure(error_kind::not_fastcgi, "what listens there does not speak FastCGI, its answer begins with " + quoted);
  if (bytes.starts_with("HTTP/"))
    out.advise("this is the port of a web server; give the one of php-fpm's 'listen' setting");
  return out;
}

void response_reader::take_record(record const& piece) {
  if (!belongs_to_a_request(piece.type)) return;
  if (piece.request_id != request_id_) {
    throw failure(error_kind::protocol, "the answer is for request " + std::to_string(piece.request_id) +
                                            " instead of " + std::to_string(request_id_));
  }
  switch (piece.type) {
    case record_type::stdout_stream:
      return take_stdout(piece.content);
    case record_type::stderr_stream:
      return take_stderr(piece.content);
    default:
      return take_end(piece.content);
  }
}

void response_reader::take_stdout(std::string_view data) {
  has_output_ = has_output_ || !data.empty();
  deliver(parser_.feed(data, response_));
  if (parser_.failed()) throw failure(error_kind::protocol, "the headers of the answer are longer than 64 KiB");
}

void response_reader::take_stderr(std::string_view data) {
  has_output_ = has_output_ || !data.empty();
  auto const kept = data.substr(0, max_stderr - response_.stderr_text.size());
  response_.stderr_text += kept;
  response_.stderr_dropped += data.size() - kept.size();
}

void response_reader::take_end(std::string_view content) {
  if (!decode_end_request(content, response_.end)) {
    throw failure(error_kind::protocol, "the END_REQUEST record is shorter than its 8 bytes");
  }
  auto const status = response_.end.status;
  if (status == protocol_status::request_complete) {
    deliver(parser_.finish(response_));
    complete_ = true;
    return;
  }
  // A refused request was not begun, unless it had output before.
  error out = failure(error_kind::protocol, "the request was refused: " + refusal(status)).may_have_run(has_output_);
  if (status == protocol_status::overloaded) out.advise("try again later");
  throw out;
}

void response_reader::deliver(std::string_view body) {
  if (body.empty()) return;
  if (body.size() > max_body_ - body_size_) {
    throw failure(error_kind::protocol,
                  "the body of the answer is larger than " + std::to_string(max_body_) + " bytes");
  }
  body_size_ += body.size();
  if (sink_ != nullptr) return (*sink_)(body);
  response_.body += body;
}

}  // namespace cachetool::fastcgi
