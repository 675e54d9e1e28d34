#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <vector>

#include <cachetool/fastcgi/endpoint.hpp>

#include "fastcgi/operation.hpp"
#include "fastcgi/resolver.hpp"
#include "fastcgi/socket.hpp"

namespace cachetool::fastcgi {

/// Opens a connection to one endpoint. Looks up its name, tries its addresses in turn (each for its share of the time
/// left), and waits if a unix socket's backlog is full. `timeout` limits everything together.
class connector final : public operation {
 public:
  connector(endpoint where, std::chrono::milliseconds timeout);

  [[nodiscard]] bool done() const noexcept override { return connected_; }
  [[nodiscard]] interest wants() const override;
  void advance(short ready) override;
  [[nodiscard]] error failure(error_kind kind, std::string message) const override;

  /// The open connection. Only when done, and only once.
  [[nodiscard]] base::unique_fd take() noexcept { return std::move(socket_); }

 private:
  void begin();
  void finish_lookup();
  void try_address();
  void conclude(int code);
  void wait_for_place();
  void try_next(error why);
  [[nodiscard]] error timed_out() const;

  endpoint where_;
  std::chrono::milliseconds timeout_;
  base::time_point deadline_;
  std::optional<lookup> lookup_;           ///< while a name is looked up
  std::vector<socket_address> addresses_;  ///< empty until the addresses are known
  std::size_t current_ = 0;
  base::unique_fd socket_;
  base::time_point attempt_ends_;       ///< the end of this address's share, or of a pause
  std::chrono::milliseconds pause_{0};  ///< the length of the last pause for a full backlog; 0 if there was none
  std::optional<error> first_failure_;
  bool connected_ = false;
};

}  // namespace cachetool::fastcgi
