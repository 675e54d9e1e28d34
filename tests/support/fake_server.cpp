#include "support/fake_server.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>
#include <thread>
#include <utility>

#include "support/temp_dir.hpp"

namespace cachetool::test {

using namespace std::chrono_literals;

namespace {

constexpr std::chrono::milliseconds longest_wait{5000};

int checked(int result, char const* what) {
  if (result < 0) throw std::system_error(errno, std::generic_category(), what);
  return result;
}

/// True if EVENTS came on FD before STOP became readable and within LIMIT.
bool wait(int fd, short events, int stop, std::chrono::milliseconds limit) {
  std::array<pollfd, 2> watched{pollfd{fd, events, 0}, pollfd{stop, POLLIN, 0}};
  return ::poll(watched.data(), watched.size(), static_cast<int>(limit.count())) > 0 && watched[1].revents == 0;
}

}  // namespace

/// Owns the connection. All its waits end when the server is destroyed (STOP becomes readable), or after longest_wait.
class peer {
 public:
  peer(int fd, int stop, std::string& received) : fd_(fd), stop_(stop), received_(received) {}

  peer(peer const&) = delete;
  peer& operator=(peer const&) = delete;
  ~peer() { close(); }

  [[nodiscard]] int fd() const noexcept { return fd_; }

  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

  bool wait_for(short events, std::chrono::milliseconds limit = longest_wait) const {
    return wait(fd_, events, stop_, limit);
  }

  /// Up to LIMIT bytes; empty at the end of the stream and after an error.
  std::string read_some(std::size_t limit) const {
    std::string out(std::min<std::size_t>(limit, 65536), '\0');
    auto const count = wait_for(POLLIN) ? ::recv(fd_, out.data(), out.size(), 0) : -1;
    out.resize(count > 0 ? static_cast<std::size_t>(count) : 0);
    return out;
  }

  void record(std::string_view bytes) { received_ += bytes; }

  void write(std::string_view bytes) const {
    while (!bytes.empty() && wait_for(POLLOUT)) {
      auto const count = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (count < 0 && errno != EAGAIN) return;
      if (count > 0) bytes.remove_prefix(static_cast<std::size_t>(count));
    }
  }

 private:
  int fd_;
  int stop_;
  std::string& received_;
};

action read_request() {
  return [](peer& client) {
    fastcgi::record_decoder decoder;
    fastcgi::record piece{};
    for (std::string chunk = client.read_some(65536); !chunk.empty(); chunk = client.read_some(65536)) {
      client.record(chunk);
      std::string_view rest = chunk;
      while (decoder.next(rest, piece) == fastcgi::decode_status::complete) {
        if (piece.type == fastcgi::record_type::stdin_stream && piece.content.empty()) return;
      }
    }
  };
}

action read_bytes(std::size_t count) {
  return [count](peer& client) {
    std::size_t left = count;
    for (std::string chunk; left > 0 && !(chunk = client.read_some(left)).empty(); left -= chunk.size()) {
      client.record(chunk);
    }
  };
}

action send(std::string bytes) {
  return [bytes = std::move(bytes)](peer& client) { client.write(bytes); };
}

action send_bytewise(std::string bytes) {
  return [bytes = std::move(bytes)](peer& client) {
    for (char const& byte : bytes) client.write({&byte, 1});
  };
}

action send_repeated(std::string piece, std::size_t times) {
  return [piece = std::move(piece), times](peer& client) {
    for (std::size_t i = 0; i < times; ++i) client.write(piece);
  };
}

action pause(std::chrono::milliseconds duration) {
  return [duration](peer& client) { client.wait_for(0, duration); };
}

action wait_for_close() {
  return [](peer& client) {
    while (!client.read_some(65536).empty()) {
    }
  };
}

action reset() {
  return [](peer& client) {
    linger const at_once{1, 0};
    ::setsockopt(client.fd(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    client.close();
  };
}

struct fake_server::state {
  temp_dir dir;
  std::vector<script> scripts;
  int listener = -1;
  int stop = -1;
  fastcgi::endpoint where = fastcgi::endpoint::unix_socket("/");
  std::string received;
  std::thread thread;

  void listen_unix();
  void listen_tcp();
  void serve();
};

void fake_server::state::listen_unix() {
  where = fastcgi::endpoint::unix_socket(dir / "fake.sock");
  listener = checked(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, where.path().data(), where.path().size());
  checked(::bind(listener, reinterpret_cast<sockaddr const*>(&address), sizeof address), "bind");
}

void fake_server::state::listen_tcp() {
  listener = checked(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  checked(::bind(listener, reinterpret_cast<sockaddr const*>(&address), size), "bind");
  checked(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), "getsockname");
  where = fastcgi::endpoint::tcp("127.0.0.1", ntohs(address.sin_port));
}

void fake_server::state::serve() {
  for (auto const& actions : scripts) {
    if (!wait(listener, POLLIN, stop, longest_wait)) return;
    peer client(::accept4(listener, nullptr, nullptr, SOCK_CLOEXEC), stop, received);
    for (auto const& act : actions) act(client);
  }
}

fake_server::fake_server(script only, on where) : fake_server(where, std::vector<script>{std::move(only)}) {}

fake_server::fake_server(on where, std::vector<script> scripts) : state_(std::make_unique<state>()) {
  state_->scripts = std::move(scripts);
  state_->stop = checked(::eventfd(0, EFD_CLOEXEC), "eventfd");
  where == on::tcp ? state_->listen_tcp() : state_->listen_unix();
  checked(::listen(state_->listener, 16), "listen");
  state_->thread = std::thread([this] { state_->serve(); });
}

fake_server::~fake_server() {
  ::eventfd_write(state_->stop, 1);
  if (state_->thread.joinable()) state_->thread.join();
  ::close(state_->listener);
  ::close(state_->stop);
}

fastcgi::endpoint const& fake_server::where() const noexcept {
  return state_->where;
}

std::string const& fake_server::received() {
  if (state_->thread.joinable()) state_->thread.join();
  return state_->received;
}

std::string raw_record(fastcgi::record_type type, std::string_view content, std::uint16_t request_id,
                       std::uint8_t padding) {
  auto const low = [](std::size_t value) { return static_cast<char>(value & 0xff); };
  std::string out{low(fastcgi::protocol_version),
                  low(static_cast<std::size_t>(type)),
                  low(request_id >> 8U),
                  low(request_id),
                  low(content.size() >> 8U),
                  low(content.size()),
                  low(padding),
                  low(0)};
  return out.append(content).append(padding, '\0');
}

std::string end_request_record(fastcgi::protocol_status status, std::uint32_t app_status) {
  std::string body;
  for (int shift = 24; shift >= 0; shift -= 8) body += static_cast<char>((app_status >> shift) & 0xff);
  body += static_cast<char>(status);
  body.append(3, '\0');
  return raw_record(fastcgi::record_type::end_request, body);
}

std::string plain_answer(std::string_view body) {
  auto const output = "Content-type: text/plain\r\n\r\n" + std::string(body);
  return raw_record(fastcgi::record_type::stdout_stream, output) + end_request_record();
}

}  // namespace cachetool::test
