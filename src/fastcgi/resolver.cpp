#include "fastcgi/resolver.hpp"

#include <netdb.h>
#include <sys/eventfd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <mutex>
#include <system_error>
#include <thread>

namespace cachetool::fastcgi {

/// Shared with the thread, which may outlive the lookup.
struct lookup::state {
  std::string host;
  std::uint16_t port = 0;
  base::unique_fd ready{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
  std::mutex guard;
  std::vector<socket_address> addresses;
  int code = 0;

  void resolve();
};

namespace {

/// Blocks every signal for threads that are started while it lives; signals stay the caller's.
class all_signals_blocked final {
 public:
  all_signals_blocked() {
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  all_signals_blocked(all_signals_blocked const&) = delete;
  all_signals_blocked& operator=(all_signals_blocked const&) = delete;
  ~all_signals_blocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

std::vector<socket_address> copy(addrinfo const* list) {
  std::vector<socket_address> out;
  for (auto const* entry = list; entry != nullptr; entry = entry->ai_next) {
    socket_address address;
    address.size = entry->ai_addrlen;
    std::memcpy(&address.storage, entry->ai_addr, entry->ai_addrlen);
    out.push_back(address);
  }
  return out;
}

}  // namespace

void lookup::state::resolve() {
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  int const result = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &wanted, &list);
  {
    std::lock_guard const lock(guard);
    code = result;
    if (result == 0) addresses = copy(list);
  }
  if (result == 0) ::freeaddrinfo(list);
  ::eventfd_write(ready.get(), 1);
}

lookup::lookup(std::string host, std::uint16_t port) : state_(std::make_shared<state>()) {
  if (!state_->ready) throw std::system_error(errno, std::generic_category());
  state_->host = std::move(host);
  state_->port = port;
  all_signals_blocked const quiet;
  std::thread([shared = state_] { shared->resolve(); }).detach();
}

int lookup::fd() const noexcept {
  return state_->ready.get();
}

std::vector<socket_address> lookup::addresses() const {
  std::lock_guard const lock(state_->guard);
  return state_->addresses;
}

std::string lookup::reason() const {
  std::lock_guard const lock(state_->guard);
  return state_->code == 0 ? "no address" : ::gai_strerror(state_->code);
}

}  // namespace cachetool::fastcgi
