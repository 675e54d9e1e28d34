#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

#include "base/unique_fd.hpp"
#include "fastcgi/operation.hpp"
#include "fastcgi/response_reader.hpp"

namespace cachetool::fastcgi {

/// One request and its answer on an open, non-blocking connection. Reads and writes whenever possible, because a peer
/// may begin to answer before it has read the whole request.
class exchange final : public operation {
 public:
  /// The sink (may be null) must outlive this. Throws error (usage) if the request cannot be encoded.
  exchange(base::unique_fd socket, std::string endpoint, request const& what, client_options const& options,
           body_sink const* sink);

  [[nodiscard]] bool done() const noexcept override { return answer_.complete(); }
  [[nodiscard]] interest wants() const override;
  void advance(short ready) override;
  [[nodiscard]] error failure(error_kind kind, std::string message) const override;

  /// True if the peer closed the connection without a word.
  [[nodiscard]] bool was_dropped() const noexcept { return is_closed_ && !answer_.begun(); }

  /// When done: the response, and the connection if it can carry another request. Each only once.
  [[nodiscard]] response take_response() { return answer_.take(); }
  [[nodiscard]] base::unique_fd take_connection();

 private:
  [[nodiscard]] bool is_sending() const noexcept { return !cannot_send_ && sent_ < request_.size(); }
  void send();
  void receive();
  void check_deadline() const;
  [[nodiscard]] error closed(int code) const;

  base::unique_fd socket_;
  std::string endpoint_;
  std::string request_;
  std::size_t sent_ = 0;
  response_reader answer_;
  std::unique_ptr<char[]> buffer_;
  std::chrono::milliseconds timeout_;
  base::time_point deadline_;
  bool keep_connection_;
  bool cannot_send_ = false;  ///< the peer takes no more, but may have answered
  bool is_closed_ = false;
};

}  // namespace cachetool::fastcgi
