#pragma once

/// The bytes of FastCGI 1.0, without a socket: records out, records in. docs/protocol.md has the layout, and where
/// php-fpm departs from the specification.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cachetool::fastcgi {

inline constexpr std::size_t record_header_size = 8;
inline constexpr std::size_t max_record_content = 65535;
inline constexpr std::uint8_t protocol_version = 1;

enum class record_type : std::uint8_t {
  begin_request = 1,
  abort_request = 2,
  end_request = 3,
  params = 4,
  stdin_stream = 5,
  stdout_stream = 6,
  stderr_stream = 7,
  data = 8,
  get_values = 9,
  get_values_result = 10,
  unknown_type = 11
};

enum class role : std::uint16_t { responder = 1, authorizer = 2, filter = 3 };

/// The protocolStatus byte of END_REQUEST (specification, section 5.5).
enum class protocol_status : std::uint8_t {
  request_complete = 0,
  cant_multiplex = 1,
  overloaded = 2,
  unknown_role = 3
};

/// Appends one BEGIN_REQUEST record.
void append_begin_request(std::string& out, std::uint16_t request_id, role wanted, bool keep_connection);

/// Writes a PARAMS stream: pairs are packed into records as full as they go, and no pair is ever split over two records
/// (php-fpm reads each record alone and resets the connection on a torn pair).
class params_writer {
 public:
  params_writer(std::string& out, std::uint16_t request_id) : out_(out), request_id_(request_id) {}

  /// Throws error (usage) if name and value do not fit into one record.
  void add(std::string_view name, std::string_view value);

  /// Writes what is left and the empty record that ends the stream.
  void finish();

 private:
  void flush();

  std::string& out_;
  std::string pending_;
  std::uint16_t request_id_;
};

/// Appends DATA as one or more records of a stream. An empty DATA writes nothing: end the stream with
/// append_stream_end().
void append_stream(std::string& out, record_type type, std::uint16_t request_id, std::string_view data);
void append_stream_end(std::string& out, record_type type, std::uint16_t request_id);

/// One decoded record, of whatever type the peer sent: TYPE may be none of those above. CONTENT points into the decoder
/// and is valid until its next call.
struct record {
  record_type type;
  std::uint16_t request_id;
  std::string_view content;
};

/// The body of an END_REQUEST record.
struct end_request {
  std::uint32_t app_status = 0;
  protocol_status status = protocol_status::request_complete;
};

/// Reads an END_REQUEST body. False if CONTENT is shorter than the eight bytes it must have.
bool decode_end_request(std::string_view content, end_request& out) noexcept;

enum class decode_status : std::uint8_t {
  need_more,   ///< all input is consumed, and no record is complete yet
  complete,    ///< a record was decoded
  not_fastcgi  ///< the first byte of a record is not protocol_version: the stream is lost for good
};

/// Turns bytes into records, however they are cut up. Holds at most one record (64 KiB and its padding).
class record_decoder {
 public:
  /// Takes bytes from the front of INPUT until one record, its padding included, is complete or INPUT is empty.
  /// A record that is not FastCGI is left in INPUT.
  decode_status next(std::string_view& input, record& out);

  /// True between two records: the stream may end here.
  [[nodiscard]] bool at_boundary() const noexcept;

 private:
  bool fill(std::string_view& input, std::size_t size);

  std::string buffer_;
  bool complete_ = false;  ///< buffer_ holds the record that was returned last
};

}  // namespace cachetool::fastcgi
