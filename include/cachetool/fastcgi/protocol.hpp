#pragma once

/// The bytes of FastCGI 1.0, without a socket: records out, records in. You need this to test an application, or to
/// drive a connection yourself; client does it for you. docs/developers/protocol.md has the layout, and where php-fpm
/// departs from the specification. Sections are those of the FastCGI Specification 1.0.
///
///     cachetool::fastcgi::record_decoder decoder;
///     cachetool::fastcgi::record piece{};
///     while (decoder.next(bytes, piece) == cachetool::fastcgi::decode_status::complete) {
///       if (piece.type == cachetool::fastcgi::record_type::stdout_stream) out += piece.content;
///     }
///
/// Nothing here opens, waits or starts a thread. Objects belong to one thread at a time. Functions that append to a
/// text leave what it holds as it is.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace cachetool::fastcgi {

/// Bytes of a record's header, and most bytes of its content, whose length has two bytes (section 3.3).
inline constexpr std::size_t record_header_size = 8;
inline constexpr std::size_t max_record_content = 65535;

/// The first byte of every record (section 8, FCGI_VERSION_1).
inline constexpr std::uint8_t protocol_version = 1;

/// What a record holds (section 8). Types 9 to 11 are about the connection (section 4), the others about a request
/// (section 5).
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

/// What an application is to do for a request (section 6). php-fpm runs scripts as a responder.
enum class role : std::uint16_t { responder = 1, authorizer = 2, filter = 3 };

/// How a request ended, the protocolStatus byte of END_REQUEST (section 5.5). All but request_complete mean that the
/// application refused it.
enum class protocol_status : std::uint8_t {
  request_complete = 0,
  cant_multiplex = 1,
  overloaded = 2,
  unknown_role = 3
};

/// Appends one BEGIN_REQUEST record (section 5.1). `request_id` is 1 or above, and the same in all records of the
/// request. With `keep_connection` the application leaves the connection open after its answer.
void append_begin_request(std::string& out, std::uint16_t request_id, role wanted, bool keep_connection);

/// Writes a PARAMS stream (sections 3.4 and 5.2): pairs are packed into records as full as they go, and no pair is ever
/// split over two records (php-fpm reads each record alone and resets the connection on a torn pair).
///
/// The text that it writes to must outlive it. Pairs may wait inside until finish(), so a stream without that is not
/// complete.
class params_writer {
 public:
  params_writer(std::string& out, std::uint16_t request_id) : out_(out), request_id_(request_id) {}

  /// Adds one pair; any bytes, and a name may come twice. Throws error (usage) if name and value do not fit into one
  /// record, and then has added nothing.
  void add(std::string_view name, std::string_view value);

  /// Writes what is left and the empty record that ends the stream. Call it once.
  void finish();

 private:
  void flush();

  std::string& out_;
  std::string pending_;
  std::uint16_t request_id_;
};

/// Appends `data` as one or more records of a stream (section 5.3). Empty `data` writes nothing, because an empty
/// record ends a stream: append_stream_end() does that. `data` must not lie in `out`.
void append_stream(std::string& out, record_type type, std::uint16_t request_id, std::string_view data);

/// Appends the empty record that ends a stream.
void append_stream_end(std::string& out, record_type type, std::uint16_t request_id);

/// One decoded record, of whatever type the peer sent: `type` may be none of those above. `content` points into the
/// decoder and is valid until its next call.
struct record {
  record_type type;
  std::uint16_t request_id;
  std::string_view content;
};

/// The body of an END_REQUEST record (section 5.5).
struct end_request {
  std::uint32_t app_status = 0;  ///< the exit status of the application; php-fpm says 0, whatever became of the script
  protocol_status status = protocol_status::request_complete;
};

/// Reads an END_REQUEST body into `out`. False if `content` is shorter than the eight bytes it must have; `out` is as
/// it was then. The status may be none of those above: it is what the peer sent.
bool decode_end_request(std::string_view content, end_request& out) noexcept;

/// What became of the bytes that record_decoder::next() took.
enum class decode_status : std::uint8_t {
  need_more,   ///< all input is consumed, and no record is complete yet
  complete,    ///< a record was decoded
  not_fastcgi  ///< the first byte of a record is not protocol_version: the stream is lost for good
};

/// Turns bytes into records, however they are cut up. Holds at most one record (64 KiB and its padding), whatever the
/// peer promises. It does not look at types or request ids: that is yours to do.
class record_decoder {
 public:
  /// Takes bytes from the front of `input` until one record, its padding included, is complete or `input` is empty, and
  /// fills `out` with a complete one. Call it again until it needs more, then with the next bytes. A record that is not
  /// FastCGI is left in `input`. Throws nothing but std::bad_alloc.
  decode_status next(std::string_view& input, record& out);

  /// True between two records: the stream may end here.
  [[nodiscard]] bool at_boundary() const noexcept;

 private:
  bool fill(std::string_view& input, std::size_t size);

  std::string buffer_;
  bool complete_ = false;  ///< buffer_ holds the record that was returned last
};

}  // namespace cachetool::fastcgi
